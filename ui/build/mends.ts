interface Mend {
  readonly file: string;
  readonly was: string;
  readonly is: string;
}
/** Faults of the sources that keep a person from their work, mended where they are (decision 074). */
export const MENDED: readonly Mend[] = [
  // An input hands what listens to it to its frame and to its control: a click on a select came twice, opened it and closed it again.
  // The frame hears what bubbles; the control needs only what does not.
  {
    file: '/BaseInput/PBaseInput.vue',
    was: '...listeners.value,',
    is: '...Object.fromEntries(Object.entries(listeners.value).filter(([name]) => /^on(?:Focus|Blur)$/.test(name))),',
  },
  // An object that may be left out asked for the fields that it needs when it is there: Cloud Run's and Modal's pools could not be made.
  {
    file: '/services/schemas/resolvers/meta.ts',
    was: 'resolveSchemaPropertiesMeta(property, level + 1)',
    is: 'resolveSchemaPropertiesMeta(level > 0 && !required ? { ...property, required: [] } : property, level + 1)',
  },
  // ... and without them it is left out, whatever defaults its other fields have.
  {
    file: '/services/schemas/properties/SchemaPropertyObject.ts',
    was: 'if (isEmptyObject(mapped)) {',
    is: 'if (isEmptyObject(mapped) || (this.level > 0 && this.property.required?.some(key => isNullish(mapped[key])))) {',
  },
  // Whether there is a window was asked by compiling its name: a page that may not compile text was told that there is none.
  { file: '/utilities/global.js', was: 'const globalEval = eval;', is: '' },
  { file: '/utilities/global.js', was: 'globalEval(varName);', is: 'if (!(varName in globalThis)) return false;' },
  { file: '/prefect-design/src/utilities/id.ts', was: 'const globalEval = eval', is: '' },
  {
    file: '/prefect-design/src/utilities/id.ts',
    was: 'globalEval(varName)',
    is: 'if (!(varName in globalThis)) return false',
  },
  // An option for no choice, such as "All types", showed as nothing.
  {
    file: '/Select/PSelect.vue',
    was: 'return modelValue.value === null',
    is: 'return modelValue.value === null && getSelectOption(null) === undefined',
  },
  // A list that is left while it scrolls measured what is no longer there.
  {
    file: '/VirtualScroller/PVirtualScrollerChunk.vue',
    was: 'const rect = el.value!.getBoundingClientRect()',
    is: `if (!el.value) return
      const rect = el.value.getBoundingClientRect()`,
  },
  // What the server refuses it says of a field: without its name the sentence says of nothing what it is to be.
  {
    file: '/prefect-ui-library/src/utilities/errors.ts',
    was: 'return error.response.data.exception_detail[0].msg',
    is: `const [{ loc, msg }] = error.response.data.exception_detail
  return [loc.slice(1).join('.'), msg].filter(part => part !== '').join(': ')`,
  },
  // Why something was refused was gone after five seconds. (It goes with the page that it was said on.)
  { file: '/plugins/Toast/index.ts', was: 'timeout: 5000', is: "timeout: type === 'error' ? false : 5000" },
  // Of a schedule that was refused these said that it was, not why.
  ...['/DeploymentScheduleMenu.vue', '/DeploymentDetails.vue'].flatMap((file) => [
    {
      file,
      was: "showToast(localization.error.updateDeploymentSchedule, 'error')",
      is: "showToast(getApiErrorMessage(error, localization.error.updateDeploymentSchedule), 'error')",
    },
    {
      file,
      was: "import { localization } from '@/localization'",
      is: "import { localization } from '@/localization'\n  import { getApiErrorMessage } from '@/utilities/errors'",
    },
  ]),
  // A filter that was saved was saved without its states: queues were named twice instead.
  {
    file: '/maps/savedSearchCreate.ts',
    was: "getObjectFilter(filters, 'workQueue'),",
    is: "getObjectFilter(filters, 'state'),",
  },
  // "20s ago" was reckoned from the nearest whole minute: what had just begun was to begin "in 21s".
  {
    file: '/components/FormattedDate.vue',
    was: 'useNow({ interval: 60_000 })',
    is: 'useNow({ interval: 1000 })',
  },
  {
    file: '/useNow/useNow.js',
    was: 'Math.round(time / intervalRef.value)',
    is: 'Math.ceil(time / intervalRef.value)',
  },
  // A limit that was refused took what had been typed along.
  ...onlyWhenDone(
    '/ConcurrencyLimitsCreateModal.vue',
    'createConcurrencyLimit',
    'resetForm()\n      internalShowModal',
  ),
  ...onlyWhenDone(
    '/ConcurrencyLimitsV2CreateModal.vue',
    'createConcurrencyLimit',
    'reset()\n        internalShowModal',
  ),
  ...onlyWhenDone('/ConcurrencyLimitsV2UpdateModal.vue', 'updateConcurrencyLimit', 'showModal'),
];

/** A dialog that closes when what it is for was done, and not when it was refused. */
function onlyWhenDone(file: string, success: string, closing: string): Mend[] {
  const said = `showToast(localization.success.${success}, 'success')`;
  return [
    { file, was: `${closing}.value = false\n`, is: '\n' },
    { file, was: said, is: `${said}\n${closing}.value = false` },
  ];
}
