/** "Creating an ECS cluster …: N" as a thing: "an ECS cluster …: N". */
export const thing = (line: string): string =>
  line
    .replace(/^(?:Creating|Storing|Activating|Enabling|Assigning) (?:and \w+ )?/, '')
    .replace(/^Granting it the role/, 'the role')
    .replace(/^Registering the subscription/, 'the registration of the subscription')
    .replace(/^Using the/, 'the');
