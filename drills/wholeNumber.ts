import { InvalidArgumentError } from "commander";

/** Reads an option's number. @returns a parser that throws InvalidArgumentError for anything but digits within the limits */
export const wholeNumber = (least: number, most: number) => (text: string) => {
  const given = Number(text);
  if (/^\d+$/.test(text) && given >= least && given <= most) return given;
  throw new InvalidArgumentError(`wanted a whole number from ${least} to ${most}.`);
};
