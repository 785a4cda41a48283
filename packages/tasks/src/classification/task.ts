/** Classification: which topic, kind or language a text has. */
import { createClassifierTask } from "../classify/create-task.ts";

export const classification = createClassifierTask("classification");
