/** The number of a contact card: a mobile number of Indonesia. */
import parsePhoneNumber from "libphonenumber-js/mobile";

import { Refused } from "./refused.js";

/** Return the number in E.164; Refused where it is no mobile number of Indonesia. */
export function readContact(number) {
  const phone = parsePhoneNumber(`+${number.replace(/^\++/, "")}`);
  if (phone === undefined) throw new Refused("phone.no_number");
  if (phone.country !== undefined && phone.country !== "ID") throw new Refused("phone.abroad");
  if (!phone.isValid()) throw new Refused("phone.not_mobile");
  return phone.number;
}

/** Return the number for everybody else: `+62…678`. */
export const masked = (e164) => `+62…${e164.slice(-3)}`;

/** Return the number for whom it belongs to: `0860-1234-5678`. */
export function shown(e164) {
  const digits = `0${e164.slice(3)}`;
  return `${digits.slice(0, 4)}-${digits.slice(4, 8)}-${digits.slice(8)}`;
}
