import { describe, expect, it } from 'vitest';
import { tokenProblem } from '../../../../shared/domain/parameters/template-tokens.ts';

describe('the tokens of a print statement', () => {
  it.each(['{{ a }}', "{{ a['}}'] | f(\"'\") }}", '{{ {1: {2: 3}} }} }', '{{ a != b }}', '{{ ä ~ 1.5 }}', '{{ a'])(
    'are all read in %s',
    (template) => {
      expect(tokenProblem(template, 0)).toBeNull();
    },
  );

  // Each sentence is what Jinja 3.1 says of the same template.
  it.each([
    ["1 - {{ hello }} world!\n2 - oops, this {{ ain't } gonna work", 39, 'unexpected char "\'" at 44'],
    ['{{ hello }', 0, "unexpected '}'"],
    ['{{ f(a] }}', 0, "unexpected ']', expected ')'"],
    ['{{ a ? b }}', 0, "unexpected char '?' at 5"],
    ['{{ !a }}', 0, "unexpected char '!' at 3"],
  ])('are named where they are wrong: %j', (template, start, problem) => {
    expect(tokenProblem(template, start)).toBe(problem);
  });
});
