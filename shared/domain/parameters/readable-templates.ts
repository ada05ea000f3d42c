import { TemplateError } from './template-bounds.ts';
import { validateTemplate } from './template-validation.ts';
import { type Rendering, renderTemplate } from './templates.ts';

/** Renders as `renderTemplate` does; of a template that cannot be read it says what is wrong in Jinja's words where it has them. */
export function render(template: string, context: Readonly<Record<string, unknown>>, rendering?: Rendering): string {
  try {
    return renderTemplate(template, context, rendering);
  } catch (error) {
    const problem = validateTemplate(template);
    throw problem ? new TemplateError(problem.message, { cause: error }) : error;
  }
}
