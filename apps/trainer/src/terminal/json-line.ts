/** JSON on one line that steers no terminal: JSON itself escapes C0; here DEL, C1 and what reorders text are escaped as well. */
const STEERING_IN_JSON = /[\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g;

/** A value as a line of JSON; whoever parses it gets the value unchanged. */
export function jsonLine(value: unknown): string {
  return `${JSON.stringify(value).replace(STEERING_IN_JSON, escapeUnit)}\n`;
}

function escapeUnit(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
