/* Reads what the server streams as lines of JSON, one after the other, while it comes.
 *
 *   await readLines(address, {signal, onLine})   resolves after the line {type: "end"}
 *
 * Throws a `Refusal` whose message is for people; an abort of `signal` throws as fetch does.
 */

export class Refusal extends Error {
  constructor(message, status = 0) {
    super(message);
    this.status = status;
  }
}

const BROKEN = "The connection broke before everything was here. Please try again.";

export async function readLines(address, { signal, onLine }) {
  const answer = await reach(address, signal);
  if (!answer.ok) throw new Refusal(await sentenceOf(answer), answer.status);
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = ""; // of a line whose end has not come yet
  let ended = false;
  for (;;) {
    const { done, value } = await next(reader, signal);
    if (done) break;
    const lines = (rest + value).split("\n");
    rest = lines.pop();
    for (const line of lines) {
      const message = JSON.parse(line);
      ended = message.type === "end";
      onLine(message);
    }
  }
  if (!ended) throw new Refusal(BROKEN);
}

async function reach(address, signal) {
  try {
    return await fetch(address, { signal });
  } catch (error) {
    if (signal.aborted) throw error;
    throw new Refusal("The server cannot be reached. Please try again.");
  }
}

async function next(reader, signal) {
  try {
    return await reader.read();
  } catch (error) {
    if (signal.aborted) throw error;
    throw new Refusal(BROKEN);
  }
}

async function sentenceOf(answer) {
  try {
    return (await answer.json()).error.message;
  } catch {
    return "The server could not answer. Please try again.";
  }
}
