/**
 * What Prefect's components leave unsaid to screen readers and keyboards, said from outside: labels that point at nothing, icons
 * without a name, tabs without their role. Runs over whatever is added to the page; each rule may run again.
 */
export function nameWhatHasNoName(root: HTMLElement): void {
  const mend = () => {
    for (const [selector, rule] of RULES)
      for (const element of root.querySelectorAll<HTMLElement>(selector)) rule(element);
  };
  addEventListener('resize', mend);
  // Before anybody reads what was added, and once for all that was added together.
  new MutationObserver(mend).observe(root, {
    childList: true,
    subtree: true,
    attributeFilter: ['class', 'aria-selected'],
  });
}

const CONTROLS = 'input:not([type=hidden]), textarea, select, button';
const NAMELESS = ':not([aria-label]):not([aria-labelledby]):not([title])';
/** Pager: first, previous, next, last; or only previous and next. */
const PAGER = ['First page', 'Previous page', 'Next page', 'Last page'];

const named = (name: string) => (element: HTMLElement) => element.setAttribute('aria-label', name);
const says = (element: Element) => element.textContent?.trim() !== '';

const RULES: readonly (readonly [selector: string, rule: (element: HTMLElement) => void])[] = [
  ['.p-label', labelControl],
  ['[role=tablist] > .p-tab', asTab],
  ['.p-modal', nameDialog],
  [`.p-modal__x-button${NAMELESS}`, named('Close')],
  // A button is not selected but pressed, where it is one of a group.
  [
    ':is(button, a)[aria-selected]:not([role=tab])',
    (button) => {
      if (button.closest('.p-button-group')) button.setAttribute('aria-pressed', String(button.ariaSelected));
      button.removeAttribute('aria-selected');
    },
  ],
  ['a[disabled=false]', (link) => link.removeAttribute('disabled')],
  [`.p-icon-button-menu button${NAMELESS}`, named('More actions')],
  [`:is(.work-pool-status-icon, .work-pool-queue-status-icon)${NAMELESS}`, named('Status')],
  [`.p-date-range-select__button${NAMELESS}`, nameBesides('Earlier', 'Later')],
  [`.flow-run-logs-download-button${NAMELESS}`, named('Download logs')],
  [`.workspace-events-timeline-content__toggle${NAMELESS}`, named('Show the event')],
  ['.p-pager__buttons', namePager],
  [`.p-select-button__control${NAMELESS}`, nameFromAround],
  [`:is(input, textarea, select)${NAMELESS}`, nameFromAround],
  [`[role=switch]${NAMELESS}`, nameFromAround],
  [`:is(button:not(.p-select-button__control), a.p-button)${NAMELESS}`, nameIcon],
  // Timelines scroll in pieces, which stand between the list and its items.
  ['ol.p-timeline, .p-timeline-item', (part) => part.setAttribute('role', 'group')],
  ['.block-type-card-preview__description', (text) => text.setAttribute('tabindex', '0')],
  ['.p-list-item-input input[type=checkbox], .p-list-item__content input[type=checkbox]', nameFromAround],
  ['img:not([alt])', (image) => image.setAttribute('alt', '')],
  ['.p-table, .p-code-highlight', scrollByKeyboard],
];

/** What is wider than its place is scrolled by arrows once it has the focus. */
function scrollByKeyboard(region: HTMLElement): void {
  const scrolls = String(region.scrollWidth > region.clientWidth);
  if (region.dataset['scrolls'] === scrolls) return;
  region.dataset['scrolls'] = scrolls;
  if (scrolls === 'true') region.setAttribute('tabindex', '0');
  else region.removeAttribute('tabindex');
}

/** A label whose control has no id of its own. */
function labelControl(box: HTMLElement): void {
  const label = box.querySelector<HTMLLabelElement>(':scope > .p-label__header > label');
  const control = box.querySelector<HTMLElement>(`:scope > .p-label__body :is(${CONTROLS})`);
  // A label of a group of fields names none of them.
  if (!label || label.control || !control || control.closest('.p-label') !== box) return;
  control.id ||= label.htmlFor;
  if (control.id !== label.htmlFor) label.htmlFor = control.id;
}

function asTab(tab: HTMLElement): void {
  const selected = String(tab.classList.contains('p-tab__active'));
  if (tab.role !== 'tab') tab.role = 'tab';
  if (tab.ariaSelected !== selected) tab.ariaSelected = selected;
  // The dashboard's tabs are numbers under a colour: what they count is their id.
  const text = tab.textContent?.trim() ?? '';
  if (/^\d*$/.test(text)) tab.ariaLabel = `${text} ${tab.id}`;
}

/** A dialog names a title that has no id. */
function nameDialog(dialog: HTMLElement): void {
  const title = dialog.querySelector('.p-modal__header')?.textContent?.trim();
  if (title && dialog.ariaLabel !== title) dialog.ariaLabel = title;
  dialog.removeAttribute('aria-labelledby');
}

function namePager(pager: HTMLElement): void {
  const buttons = [...pager.querySelectorAll(':scope > button')];
  const names = buttons.length === 2 ? PAGER.slice(1, 3) : PAGER;
  for (const [place, button] of buttons.entries()) button.ariaLabel ??= names[place] ?? 'Page';
}

function nameBesides(before: string, after: string) {
  return (button: HTMLElement) => {
    if (!says(button)) button.ariaLabel = button.previousElementSibling ? after : before;
  };
}

/** A control is called as its label, its placeholder, or the row that it stands in. */
function nameFromAround(control: HTMLElement): void {
  if ((control as HTMLInputElement).labels?.length && [...(control as HTMLInputElement).labels!].some(says)) return;
  if (control.tagName === 'BUTTON' && says(control)) return;
  const row = control.closest('tr, .p-list-item-input, .p-list-item, .p-card, .p-label, .card');
  const text = control.getAttribute('placeholder') || row?.querySelector('a, label, h2, td')?.textContent?.trim();
  if (control.matches('[type=checkbox]')) control.ariaLabel = `Select ${text || 'this row'}`;
  else if (control.role === 'switch') control.ariaLabel = `${text || 'This'}: on or off`;
  else control.ariaLabel = text || 'Choice';
}

/** A button that is only an icon says where it leads, else that it acts on what it stands beside. */
function nameIcon(button: HTMLElement): void {
  if (says(button) || button.querySelector('img[alt]:not([alt=""])')) return;
  const to = button.getAttribute('href');
  if (to) button.ariaLabel = /(?:create|catalog)$/.test(to) ? 'Create' : `Open ${to}`;
  else if (button.closest('.page-heading, .p-heading, header')) button.ariaLabel = 'Create';
  else button.ariaLabel = 'Act on this';
}
