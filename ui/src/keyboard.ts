/**
 * What Prefect's dialogs, menus and lists leave out for people without a mouse, done from outside: a dialog keeps the focus and gives
 * it back, a menu can be entered, Escape closes what was opened last.
 */
export function keepTheKeyboard(root: HTMLElement): void {
  const openers = new WeakMap<Element, HTMLElement>();
  /** What had the focus, the latest last. */
  let focused: HTMLElement[] = [];
  let byKey = false;

  addEventListener('pointerdown', () => (byKey = false), true);
  addEventListener('focusin', ({ target }) => {
    if (target instanceof HTMLElement) focused = [...focused, target].slice(-REMEMBERED);
  });
  addEventListener('keydown', onKey, true);
  // Dialogs that close by Escape themselves listen here, also when it was for a list within them.
  addEventListener('keyup', (event) => event.key === 'Escape' && event.stopPropagation(), true);
  new MutationObserver((changes) => {
    for (const { addedNodes, removedNodes } of changes) {
      for (const node of addedNodes) if (isLayer(node)) opened(node);
      for (const node of removedNodes) if (isLayer(node)) closed(node);
    }
  }).observe(root, { childList: true, subtree: true });

  function opened(layer: HTMLElement): void {
    // The item of a menu goes with its menu: what opened that is where a person comes from.
    const stays = layer.matches(DIALOG) ? (element: Element) => !element.closest(POP_OVER) : () => true;
    const opener = focused.findLast((element) => element.isConnected && !layer.contains(element) && stays(element));
    if (opener) openers.set(layer, opener);
    if (byKey && isMenu(layer)) focusable(layer)[0]?.focus();
  }

  function closed(layer: HTMLElement): void {
    if (document.activeElement !== document.body) return;
    const opener = openers.get(layer);
    if (opener?.isConnected) opener.focus();
    else if (layer.matches(DIALOG)) document.querySelector<HTMLElement>('main')?.focus();
  }

  function onKey(event: KeyboardEvent): void {
    byKey = true;
    const layer = [...root.querySelectorAll<HTMLElement>(LAYER)].at(-1);
    const handled = layer !== undefined && act(layer, event);
    if (!handled) return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** Whether the key was meant for the layer. Lists of options know their own keys but for Escape. */
  function act(layer: HTMLElement, { key, shiftKey }: KeyboardEvent): boolean {
    if (key === 'Escape') return close(layer);
    if (isList(layer)) return false;
    if (key === 'Tab') return move(layer, shiftKey ? -1 : 1);
    const arrow = ARROWS[key];
    return isMenu(layer) && arrow !== undefined && move(layer, arrow);
  }

  /** To the next element within, round from the last to the first. */
  function move(layer: HTMLElement, by: 1 | -1): boolean {
    const all = focusable(layer);
    const here = all.indexOf(document.activeElement as HTMLElement);
    const next = here < 0 ? (by > 0 ? 0 : all.length - 1) : (here + by + all.length) % all.length;
    all[next]?.focus();
    return true;
  }

  function close(layer: HTMLElement): boolean {
    if (layer.matches(DIALOG)) {
      layer.querySelector<HTMLElement>('.p-modal__x-button, .p-modal__close-button')?.click();
    } else {
      document.body.click(); // It closes when something else is clicked.
      openers.get(layer)?.focus();
    }
    return true;
  }
}

const REMEMBERED = 20;
const DIALOG = '.p-modal';
const POP_OVER = '.p-pop-over-content';
const LAYER = `${DIALOG}, ${POP_OVER}`;
const ARROWS: Readonly<Record<string, 1 | -1>> = { ArrowDown: 1, ArrowUp: -1 };
const FOCUSABLE =
  'a[href], button:not([disabled]), input:not([disabled]), select:not([disabled]), textarea:not([disabled]), [tabindex="0"]';

const isLayer = (node: Node): node is HTMLElement => node instanceof HTMLElement && node.matches(LAYER);
const isList = (layer: HTMLElement): boolean => layer.querySelector('.p-select-options') !== null;
const isMenu = (layer: HTMLElement): boolean => !layer.matches(DIALOG) && !isList(layer);
const focusable = (layer: HTMLElement): HTMLElement[] =>
  [...layer.querySelectorAll<HTMLElement>(FOCUSABLE)].filter(
    (element) => element.tabIndex >= 0 && element.checkVisibility(),
  );
