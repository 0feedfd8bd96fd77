// A short confetti for a message sent with an effect. People who asked for less motion see none.

const COLOURS = ["#c98a1b", "#2c6e49", "#b4532a", "#3d5a8a", "#e5c07b", "#8fbf9f"];
const SECONDS = 1.8;
const PIECES = 70;

/** Lets confetti fall over a phone once. */
export function confetti(place) {
  if (matchMedia("(prefers-reduced-motion: reduce)").matches) return;
  const canvas = document.createElement("canvas");
  canvas.className = "confetti";
  canvas.dataset.testid = "confetti";
  canvas.setAttribute("aria-hidden", "true");
  [canvas.width, canvas.height] = [place.clientWidth, place.clientHeight];
  place.append(canvas);
  const pieces = Array.from({ length: PIECES }, () => piece(canvas));
  const began = performance.now();
  const frame = (now) => {
    const age = (now - began) / 1000;
    if (age > SECONDS || !canvas.isConnected) return canvas.remove();
    draw(canvas, pieces, age);
    return requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
}

function piece({ width, height }) {
  const side = Math.random() < 0.5 ? 0 : 1;
  return {
    x: side * width,
    y: height * 0.72,
    speedX: (side ? -1 : 1) * (0.15 + Math.random() * 0.6) * width,
    speedY: -(0.55 + Math.random() * 0.75) * height,
    turn: Math.random() * 12 - 6,
    size: 5 + Math.random() * 6,
    colour: COLOURS[Math.floor(Math.random() * COLOURS.length)],
  };
}

function draw(canvas, pieces, age) {
  const pen = canvas.getContext("2d");
  pen.clearRect(0, 0, canvas.width, canvas.height);
  pen.globalAlpha = Math.min(1, (SECONDS - age) * 2);
  for (const { x, y, speedX, speedY, turn, size, colour } of pieces) {
    pen.save();
    pen.translate(x + speedX * age * (1 - age * 0.22), y + speedY * age + canvas.height * 0.75 * age * age);
    pen.rotate(turn * age);
    pen.fillStyle = colour;
    pen.fillRect(-size / 2, -size / 3, size, size * 0.66);
    pen.restore();
  }
}
