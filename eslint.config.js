// Fast rules without type information (vue-tsc does types). What is banned here has a reason: text of unknown origin
// is never parsed as HTML or code, and files are written in one place, so that a crash cannot leave half of one.
import js from '@eslint/js'
import vue from 'eslint-plugin-vue'
import tseslint from 'typescript-eslint'

const htmlNames =
  '/^(innerHTML|outerHTML|insertAdjacentHTML|srcdoc|createContextualFragment|setHTMLUnsafe|parseFromString)$/'
const writingNames =
  '/^(write|append|rename|copyFile|cp|createWriteStream|truncate|ftruncate|link|symlink|unlink|rm|mkdir|mkdtemp|fsync|fdatasync|promises|default)/'
const fsModules = '/^(node:)?fs(\\u002Fpromises)?$/'

const noHtml = [
  {
    selector: `Identifier[name=${htmlNames}]`,
    message: 'Text is drawn as text nodes or canvas, never parsed as HTML.',
  },
  {
    selector: `Literal[value=${htmlNames}]`,
    message: 'Text is drawn as text nodes or canvas, never parsed as HTML.',
  },
  {
    selector: "CallExpression[callee.object.name='document'][callee.property.name=/^write(ln)?$/]",
    message: 'Text is drawn as text nodes or canvas, never parsed as HTML.',
  },
]
const noDefaultExport = [
  {
    selector: 'ExportDefaultDeclaration',
    message: 'Named exports only: a name is the same wherever it is used.',
  },
]
const noWriting = [
  {
    selector: `ImportDeclaration[source.value=${fsModules}] ImportSpecifier[imported.name=${writingNames}]`,
    message: 'Only src-main/store/files.ts writes files (temp file, fsync, rename).',
  },
  {
    selector: `ImportDeclaration[source.value=${fsModules}] :matches(ImportNamespaceSpecifier, ImportDefaultSpecifier)`,
    message: 'Import file functions by name, so that it shows who writes: only src-main/store/files.ts may.',
  },
  {
    selector: `:matches(ImportExpression[source.value=${fsModules}], CallExpression[callee.name='require'][arguments.0.value=${fsModules}])`,
    message: 'Import file functions by name, so that it shows who writes: only src-main/store/files.ts may.',
  },
]
// A call has room for about 100,000 arguments. contract/longLists.ts has least, largest and append for lists of any length.
const noLongCalls = [
  {
    selector: `CallExpression[callee.object.name='Math'] > SpreadElement`,
    message:
      'A long list does not fit into the arguments of a call: take least or largest of contract/longLists.ts.',
  },
  {
    selector: `CallExpression[callee.property.name=/^(push|unshift|splice|fromCharCode|fromCodePoint)$/] > SpreadElement`,
    message:
      'A long list does not fit into the arguments of a call: take append of contract/longLists.ts, or a loop.',
  },
  {
    selector: `CallExpression[callee.property.name='apply']`,
    message: 'A long list does not fit into the arguments of a call: write a loop.',
  },
]
const sizeKeys = '/^(hidden|layers)$/'
const sizesElsewhere =
  'Only contract/shape.ts reads the sizes of layers from a configuration: take layerSizes.'
const noSizes = [
  `MemberExpression[property.name=${sizeKeys}]:matches([object.name='model'], [object.property.name='model'])`,
  `VariableDeclarator:matches([init.name='model'], [init.property.name='model']) > ObjectPattern > Property[key.name=${sizeKeys}]`,
  `Property[key.name='model'] > ObjectPattern > Property[key.name=${sizeKeys}]`,
  `ObjectPattern[typeAnnotation.typeAnnotation.typeName.name='ModelConfig'] > Property[key.name=${sizeKeys}]`,
].map((selector) => ({ selector, message: sizesElsewhere }))
const restrict = (...lists) => ({ 'no-restricted-syntax': ['error', ...lists.flat()] })
const scriptGlobals = ['process', 'console', 'URL', 'fetch', 'AbortSignal', 'setTimeout', 'clearTimeout']

export default tseslint.config(
  { ignores: ['node_modules/', 'out/', 'native/build/', 'test-results/', 'coverage/', 'test/fixtures/'] },
  js.configs.recommended,
  ...tseslint.configs.strict,
  ...vue.configs['flat/recommended'],
  vue.configs['no-layout-rules'],
  {
    languageOptions: { ecmaVersion: 'latest', sourceType: 'module' },
    rules: {
      'max-lines': ['error', { max: 400 }],
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-eval': 'error',
      'no-implied-eval': 'error',
      'no-new-func': 'error',
      'no-script-url': 'error',
      'prefer-const': 'error',
      'no-undef': 'off',
      '@typescript-eslint/consistent-type-imports': ['error', { disallowTypeAnnotations: false }],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-invalid-void-type': 'off',
      '@typescript-eslint/no-dynamic-delete': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      'vue/multi-word-component-names': 'off',
      'vue/require-default-prop': 'off',
      'vue/no-v-html': 'error',
      'vue/no-v-text-v-html-on-component': 'error',
      'vue/no-restricted-v-bind': ['error', '/^(inner|outer)-?HTML$/i', 'srcdoc'],
      'vue/no-restricted-static-attribute': ['error', 'srcdoc', '/^on[a-z]+$/'],
      'vue/block-lang': ['error', { script: { lang: 'ts' } }],
      'vue/component-api-style': ['error', ['script-setup']],
      ...restrict(noHtml, noLongCalls, noSizes),
    },
  },
  { files: ['**/*.vue'], languageOptions: { parserOptions: { parser: tseslint.parser } } },
  { files: ['src-renderer/**/*.ts'], rules: restrict(noHtml, noLongCalls, noSizes, noDefaultExport) },
  { files: ['src-main/**/*.ts'], rules: restrict(noHtml, noLongCalls, noSizes, noDefaultExport, noWriting) },
  { files: ['src-main/store/files.ts'], rules: restrict(noHtml, noLongCalls, noSizes, noDefaultExport) },
  {
    files: ['src-main/contract/shape.ts'],
    rules: restrict(noHtml, noLongCalls, noDefaultExport, noWriting),
  },
  {
    files: ['src-main/**/*.ts', 'src-renderer/**/*.{ts,vue}'],
    rules: { 'no-console': ['error', { allow: ['warn', 'error'] }] },
  },
  { files: ['test/**/*.ts'], rules: { 'max-lines': ['error', { max: 600 }], 'no-restricted-syntax': 'off' } },
  {
    // This file has to spell the banned names.
    files: ['eslint.config.js'],
    rules: { 'no-restricted-syntax': 'off' },
  },
  {
    files: ['**/*.mjs'],
    languageOptions: { globals: Object.fromEntries(scriptGlobals.map((name) => [name, 'readonly'])) },
    rules: { 'no-undef': 'error' },
  },
)
