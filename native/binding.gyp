# Builds native/build/Release/unroll.node on Node-API: the same file serves Node and Electron.
# kernels/*.cc are compiled once per instruction set (UNROLL_ISA = avx2, avx512, ...) into an archive each; *.cc
# here chooses among them at run time. Because one source becomes several objects, every symbol of kernels/ must live in
# a namespace named after UNROLL_ISA and no std template may be instantiated there: the linker keeps one copy of an
# inline function, and it could be the AVX-512 one. Contraction is off so that a*b+c rounds the same on every target.
{
  'variables': {
    'kernel_sources': ['<!@(node -p "require(\'fs\').readdirSync(\'kernels\').filter(f => f.endsWith(\'.cc\')).sort().map(f => \'kernels/\' + f).join(\' \')")'],
    'addon_sources': ['<!@(node -p "require(\'fs\').readdirSync(\'.\').filter(f => f.endsWith(\'.cc\')).sort().join(\' \')")'],
  },
  'target_defaults': {
    'default_configuration': 'Release',
    'include_dirs': ['<!@(node -p "require(\'node-addon-api\').include_dir")', '.'],
    'defines': [
      'NAPI_VERSION=9',
      'NAPI_DISABLE_CPP_EXCEPTIONS',
      'NODE_API_NO_EXTERNAL_BUFFERS_ALLOWED',
      'UNROLL_ARCH_<(target_arch)',
    ],
    'cflags_cc!': ['-std=gnu++17', '-std=gnu++20'],
    'cflags_cc': ['-std=c++20', '-O3', '-fno-exceptions', '-fno-rtti', '-ffp-contract=off', '-fno-math-errno',
                  '-fvisibility=hidden', '-fPIC', '-pthread', '-Wall', '-Wextra'],
    'ldflags': ['-pthread'],
    'xcode_settings': {
      'CLANG_CXX_LANGUAGE_STANDARD': 'c++20',
      'CLANG_CXX_LIBRARY': 'libc++',
      'GCC_ENABLE_CPP_EXCEPTIONS': 'NO',
      'GCC_ENABLE_CPP_RTTI': 'NO',
      'GCC_OPTIMIZATION_LEVEL': '3',
      'GCC_SYMBOLS_PRIVATE_EXTERN': 'YES',
      'MACOSX_DEPLOYMENT_TARGET': '12.0',
      'OTHER_CPLUSPLUSFLAGS': ['-ffp-contract=off', '-fno-math-errno'],
    },
    'msvs_settings': {
      'VCCLCompilerTool': {
        'AdditionalOptions': ['/std:c++20', '/fp:precise'],
        'Optimization': 3,
        'ExceptionHandling': 0,
        'RuntimeTypeInfo': 'false',
      },
    },
  },
  'conditions': [
    ['target_arch=="x64"', {
      'targets': [
        {
          'target_name': 'kernels_avx2',
          'type': 'static_library',
          'sources': ['<@(kernel_sources)'],
          'defines': ['UNROLL_ISA=avx2', 'UNROLL_ISA_AVX2'],
          'cflags_cc': ['-mavx2', '-mfma', '-mf16c'],
          'xcode_settings': { 'OTHER_CPLUSPLUSFLAGS': ['-mavx2', '-mfma', '-mf16c'] },
          'msvs_settings': { 'VCCLCompilerTool': { 'AdditionalOptions': ['/arch:AVX2'] } },
        },
        {
          # The 16-wide code on AVX2, so that machines without AVX-512 test it too.
          'target_name': 'kernels_avx2x16',
          'type': 'static_library',
          'sources': ['<@(kernel_sources)'],
          'defines': ['UNROLL_ISA=avx2x16', 'UNROLL_ISA_AVX2X16'],
          'cflags_cc': ['-mavx2', '-mfma', '-mf16c', '-Wno-psabi'],
          'xcode_settings': { 'OTHER_CPLUSPLUSFLAGS': ['-mavx2', '-mfma', '-mf16c', '-Wno-psabi'] },
          'msvs_settings': { 'VCCLCompilerTool': { 'AdditionalOptions': ['/arch:AVX2'] } },
        },
        {
          'target_name': 'kernels_avx512',
          'type': 'static_library',
          'sources': ['<@(kernel_sources)'],
          'defines': ['UNROLL_ISA=avx512', 'UNROLL_ISA_AVX512'],
          'cflags_cc': ['-mavx2', '-mfma', '-mf16c', '-mavx512f', '-mavx512vl', '-mavx512bw', '-mavx512dq',
                        '-mprefer-vector-width=512', '-Wno-maybe-uninitialized', '-Wno-uninitialized'],
          'xcode_settings': { 'OTHER_CPLUSPLUSFLAGS': ['-mavx2', '-mfma', '-mf16c', '-mavx512f', '-mavx512vl',
                                                       '-mavx512bw', '-mavx512dq', '-mprefer-vector-width=512'] },
          'msvs_settings': { 'VCCLCompilerTool': { 'AdditionalOptions': ['/arch:AVX512'] } },
        },
      ],
    }],
  ],
  'targets': [
    {
      'target_name': 'kernels_portable',
      'type': 'static_library',
      'sources': ['<@(kernel_sources)'],
      'defines': ['UNROLL_ISA=portable', 'UNROLL_ISA_PORTABLE'],
    },
    {
      'target_name': 'unroll',
      'sources': ['<@(addon_sources)'],
      'dependencies': ['kernels_portable'],
      'conditions': [['target_arch=="x64"', { 'dependencies': ['kernels_avx2', 'kernels_avx2x16', 'kernels_avx512'] }]],
    },
  ],
}
