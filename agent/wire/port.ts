/** Where agents answer each other, in the private network. */
export const agentPort = 7400;
