/** Whether an API's address is one that this machine alone can reach. */
export const onThisMachine = (url: string): boolean => /^(localhost|127\.|\[::1\])/.test(new URL(url).hostname);
