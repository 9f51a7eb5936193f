// Routes of the views: paths after #/, each view loaded when it is first opened.
import { createRouter, createWebHashHistory, type RouteRecordRaw } from 'vue-router'

export const routes: RouteRecordRaw[] = [
  { path: '/', redirect: { name: 'runs' } },
  { path: '/runs', name: 'runs', component: () => import('./views/RunsView.vue'), meta: { title: 'Runs' } },
  {
    path: '/launch',
    name: 'launch',
    component: () => import('./views/LaunchView.vue'),
    meta: { title: 'Launch' },
  },
  { path: '/run/:id', name: 'run', component: () => import('./views/RunView.vue'), meta: { title: 'Run' } },
  {
    path: '/run/:id/program',
    name: 'program',
    component: () => import('./views/ProgramView.vue'),
    meta: { title: 'Program' },
  },
  /** Program of the configuration in the launch form. */
  {
    path: '/launch/program',
    name: 'launch-program',
    component: () => import('./views/ProgramView.vue'),
    meta: { title: 'Program' },
  },
  /** ?ids=a,b,c */
  {
    path: '/compare',
    name: 'compare',
    component: () => import('./views/CompareView.vue'),
    meta: { title: 'Compare' },
  },
  {
    path: '/neurons/:id?',
    name: 'neurons',
    component: () => import('./views/NeuronsView.vue'),
    meta: { title: 'Neurons' },
  },
  {
    path: '/analyses/:id?',
    name: 'analyses',
    component: () => import('./views/AnalysesView.vue'),
    meta: { title: 'Analyses' },
  },
  {
    path: '/sample/:id?',
    name: 'sample',
    component: () => import('./views/SampleView.vue'),
    meta: { title: 'Sample' },
  },
  {
    path: '/try/:id?',
    name: 'try',
    component: () => import('./views/TryView.vue'),
    meta: { title: 'Try' },
  },
  {
    path: '/data/:id?',
    name: 'data',
    component: () => import('./views/DataView.vue'),
    meta: { title: 'Data' },
  },
  { path: '/:rest(.*)*', redirect: { name: 'runs' } },
]

export function makeRouter() {
  const router = createRouter({ history: createWebHashHistory(), routes })
  router.afterEach((to) => {
    document.title = typeof to.meta['title'] === 'string' ? `${to.meta['title']} · Unroll` : 'Unroll'
  })
  return router
}
