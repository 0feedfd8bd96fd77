/** The one way a check says no to a person: a message name and the values of its blanks. */
export class Refused extends Error {
  constructor(name, values = {}) {
    super(name);
    this.values = values;
  }
}
