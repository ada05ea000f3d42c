import '@prefecthq/vue-charts/vue-charts.css';
import '@prefecthq/prefect-design/prefect-design.css';
import '@prefecthq/prefect-ui-library/prefect-ui-library.css';
import './styles.css';

import { plugin as prefectDesign } from '@prefecthq/prefect-design';
import { createApp } from 'vue';
import { nameWhatHasNoName } from './accessible-names.ts';
import { provideApi } from './api.ts';
import App from './app.vue';
import { keepTheKeyboard } from './keyboard.ts';
import { router } from './router.ts';
import { applyTheme } from './theme.ts';

applyTheme();

const app = createApp(App);
provideApi(app);
app.use(router).use(prefectDesign).mount('#app');
nameWhatHasNoName(document.body);
keepTheKeyboard(document.body);
