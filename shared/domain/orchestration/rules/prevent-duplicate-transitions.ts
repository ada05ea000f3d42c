import type { FlowRunRule } from '../flow-run-facts.ts';

/** any → any: a transition that was made already, by its `transition_id`, is refused; the present state is its answer. */
export const preventDuplicateTransitions: FlowRunRule = ({ initial, proposed }) => {
  const made = initial?.state_details.transition_id;
  if (!made || made !== proposed.state_details.transition_id) return undefined;
  return { refusal: { status: 'REJECT', reason: 'This run has already made this state transition.', state: null } };
};
