/** The final row: what is written of each registration into the SQLite file in ROWS. */
import Database from "better-sqlite3";
import { randomInt } from "node:crypto";

const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const COLUMNS = [
  "person", "reference", "who", "nik", "name", "birth_date", "sex", "address", "village", "phone", "email",
  "occupation", "occupation_words", "occupation2", "workplace", "hours", "income", "employs", "payer", "programmes",
  "months", "heirs",
];

const db = new Database(process.env.ROWS);
db.pragma("journal_mode = WAL");
db.pragma("synchronous = FULL");
const insert = db.prepare(
  `INSERT INTO registrations (${COLUMNS.join(", ")}) VALUES (${COLUMNS.map((name) => `@${name}`).join(", ")})`,
);

/** Write one row; it is durable when this returns. Return the new receipt number. */
export function file(person, told) {
  const reference = newReference();
  const { id: occupation, words: occupation_words } = told.occupation;
  insert.run({ ...told, person, reference, occupation, occupation_words });
  return reference;
}

/** Return a fresh receipt number such as BPU-7K3M-92QX. */
function newReference() {
  const four = () => Array.from({ length: 4 }, () => ALPHABET[randomInt(ALPHABET.length)]).join("");
  return `BPU-${four()}-${four()}`;
}
