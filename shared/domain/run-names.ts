/** Names of runs that nobody named: an adjective and an animal, easy to say and to find again. */

const ADJECTIVES =
  'able agile amber ample apt azure bold brave breezy brisk bright calm candid clever cosmic crisp curious daring deft eager early elegant fabled fair famous fancy fleet fond fresh frosty gentle gifted glad golden grand happy hardy honest humble ivory jolly jovial keen kind lively loyal lucid lucky lunar mellow merry mighty mild modest neat nimble noble olive patient plucky polite proud quick quiet rapid ready regal robust rosy rustic sage sandy serene sharp shiny silent silver smart snowy solar solid spry steady sunny swift tidy tireless tranquil trusty upbeat valiant vivid warm wary wise witty zesty';
const ANIMALS =
  'alpaca ant antelope badger bat bear beaver bee bison bobcat buffalo camel caribou cat cheetah chipmunk cobra condor cougar coyote crab crane cricket crow deer dingo dolphin donkey dove dragonfly duck eagle eel egret elk emu falcon ferret finch firefly flamingo fox frog gazelle gecko gibbon giraffe goat goose gopher grouse gull hamster hare hawk hedgehog heron hornet horse hyena ibex ibis iguana jackal jaguar jay kestrel kiwi koala lark lemur leopard lion lizard llama lobster lynx macaw magpie marten mole mongoose moose moth mouse mule newt ocelot octopus okapi orca oriole osprey otter owl ox panda panther parrot pelican penguin pheasant pigeon puffin puma quail rabbit raccoon ram raven robin rooster salmon seal shark sheep shrew sloth snail sparrow spider squid stork swan tapir tiger toad toucan trout turtle viper vole walrus weasel whale wolf wombat wren yak zebra';

/** `random` gives numbers in [0, 1). */
export function runName(random: () => number): string {
  return `${pick(ADJECTIVES, random)}-${pick(ANIMALS, random)}`;
}

function pick(words: string, random: () => number): string {
  const list = words.split(' ');
  return list[Math.floor(random() * list.length)] ?? 'run';
}
