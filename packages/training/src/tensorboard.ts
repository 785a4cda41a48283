/** Event files that TensorBoard reads: an entry of its own (`@cellstate/training/tensorboard`), without TensorFlow or a file system. */

export {
  decodeEvents,
  type EventImage,
  type EventValue,
  encodeEvent,
  encodeFileStart,
  type ReadEvent,
  type TensorBoardEvent,
} from "./tensorboard/events.ts";
export { type Histogram, histogramOf } from "./tensorboard/histogram.ts";
