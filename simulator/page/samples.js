// Stickers drawn here, and a sample sound made here, so that the page needs no files of its own.

const SIDE = 256; // pixels of a sticker
const RATE = 8000; // samples a second
const NOTES = [392, 494, 587, 784]; // hertz, a rising chime

export const STICKERS = [
  { text: "Halo!", colour: "#2c6e49" },
  { text: "Siap!", colour: "#b4532a" },
  { text: "Terima kasih", colour: "#3d5a8a" },
  { text: "Sudah", colour: "#7a4069" },
  { text: "Sip", colour: "#a06a12" },
  { text: "Sebentar", colour: "#47636b" },
];

/** A sticker as a canvas: a flower of four petals, as on a kawung cloth, with a word in it. */
export function stickerCanvas({ text, colour }) {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = SIDE;
  const pen = canvas.getContext("2d");
  pen.translate(SIDE / 2, SIDE / 2);
  for (const [turn, paint, size] of petals(colour)) {
    pen.save();
    pen.rotate(turn);
    pen.fillStyle = paint;
    pen.beginPath();
    pen.ellipse(0, -56 * size, 50 * size, 66 * size, 0, 0, Math.PI * 2);
    pen.fill();
    pen.restore();
  }
  letter(pen, text);
  return canvas;
}

function petals(colour) {
  const turns = [0, 1, 2, 3].map((quarter) => Math.PI / 4 + (quarter * Math.PI) / 2);
  return [...turns.map((turn) => [turn, "#fffaf0", 1.04]), ...turns.map((turn) => [turn, colour, 0.96])];
}

function letter(pen, text) {
  const lines = text.split(" ");
  pen.font = `700 ${text.length > 6 ? 36 : 54}px Georgia, serif`;
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  pen.lineJoin = "round";
  lines.forEach((line, at) => {
    const y = (at - (lines.length - 1) / 2) * 44;
    pen.lineWidth = 12;
    pen.strokeStyle = "#2b2620";
    pen.strokeText(line, 0, y);
    pen.fillStyle = "#fffaf0";
    pen.fillText(line, 0, y);
  });
}

/** The canvas as a picture file. */
export function stickerFile(canvas) {
  return new Promise((resolve) => canvas.toBlob(resolve, "image/webp"));
}

/** A short chime as a WAV file. */
export function sampleVoice() {
  const total = RATE * 2;
  const view = new DataView(new ArrayBuffer(44 + total * 2));
  wavHead(view, total * 2);
  for (let at = 0; at < total; at += 1) view.setInt16(44 + at * 2, tone(at / RATE) * 9000, true);
  return new Blob([view], { type: "audio/wav" });
}

function tone(second) {
  return NOTES.reduce((sum, hertz, at) => {
    const age = second - at * 0.32;
    return age < 0 ? sum : sum + Math.sin(2 * Math.PI * hertz * age) * Math.exp(-4 * age);
  }, 0);
}

function wavHead(view, bytes) {
  const write = (at, text) => [...text].forEach((letter, offset) => view.setUint8(at + offset, letter.charCodeAt(0)));
  write(0, "RIFF");
  view.setUint32(4, 36 + bytes, true);
  write(8, "WAVEfmt ");
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true); // PCM
  view.setUint16(22, 1, true); // one channel
  view.setUint32(24, RATE, true);
  view.setUint32(28, RATE * 2, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  write(36, "data");
  view.setUint32(40, bytes, true);
}
