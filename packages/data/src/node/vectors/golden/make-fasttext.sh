#!/bin/sh
# Makes tiny.bin, tiny.vec and tiny.expected.txt with fastText 0.9.2 (Debian's package fasttext), which must be in PATH.
# The text is about nothing; each word comes often enough to be listed.
set -e
cd "$(dirname "$0")"
text=$(mktemp)
for i in 1 2 3 4 5 6; do
  echo "the cat sat on the mat Größe über naïve 東京 the dog sat"
  echo "a film was good and the film was bad cats dogs"
done > "$text"
fasttext skipgram -input "$text" -output tiny -dim 5 -minn 2 -maxn 4 -bucket 37 -epoch 200 -lr 0.5 -minCount 1 -thread 1 -ws 2 -t 1 >/dev/null 2>&1
# Listed words, words that are not, the end of a sentence, and one letter.
printf 'the\ncat\nGröße\nüber\n東京\n</s>\ncatfish\nGrößen\nunter\nx\nThe\n大阪\n' | fasttext print-word-vectors tiny.bin > tiny.expected.txt
rm "$text"
