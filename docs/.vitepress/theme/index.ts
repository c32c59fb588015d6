import { defineAsyncComponent } from 'vue';
import type { Theme } from 'vitepress';
import DefaultTheme from 'vitepress/theme';
import './style.css';

export default {
  extends: DefaultTheme,
  enhanceApp({ app }) {
    app.component(
      'FrameLens',
      defineAsyncComponent(() => import('./lens/FrameLens.vue')),
    );
  },
} satisfies Theme;
