/** Sentiment: which of a few opinions, such as positive and negative, a text holds. */
import { createClassifierTask } from "../classify/create-task.ts";

export const sentiment = createClassifierTask("sentiment");
