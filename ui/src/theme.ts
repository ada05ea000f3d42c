import { useColorTheme } from '@prefecthq/prefect-design';
import { applyColorModeClass, type ColorMode } from '@prefecthq/prefect-ui-library';
import { ref, watchEffect } from 'vue';

const STORED = 'pushpool-colours';
const dark = matchMedia('(prefers-color-scheme: dark)');

/** Colours of states for people who tell some of them apart less well; null is everybody else's. */
export const colorMode = ref<ColorMode | null>((localStorage.getItem(STORED) as ColorMode | null) ?? null);

/** Light or dark as the system says, and the colours of states as chosen in the settings. */
export function applyTheme(): void {
  const { setTheme } = useColorTheme();
  const paint = () => setTheme(dark.matches ? 'dark' : 'light');
  paint();
  dark.addEventListener('change', paint);
  watchEffect(() => {
    applyColorModeClass(colorMode.value);
    if (colorMode.value) localStorage.setItem(STORED, colorMode.value);
    else localStorage.removeItem(STORED);
  });
}
