/** The dropout of encoder and decoder acts between layers and on their output, so that it also serves with one layer. */

/** The section for `buildRecurrent`, which would warn of dropout between layers where there is one layer. */
export function withDropoutBetweenLayers<Section extends { readonly numLayers: number; readonly dropout: number }>(
  section: Section,
): Section {
  return section.numLayers > 1 ? section : { ...section, dropout: 0 };
}
