#!/bin/sh
# Cut the digits of this folder out of the full MNIST files: the first 4000 training
# and the first 1000 test images, with their labels.
#
#     ./make-subset.sh MNIST_DIRECTORY [OUTPUT_DIRECTORY]
#
# An IDX file is a header (images: 16 bytes, labels: 8) and then the samples one after
# the other. Bytes 4 to 7 of the header count the samples, most significant byte first:
# they alone are rewritten.
set -eu

source=${1:?usage: make-subset.sh MNIST_DIRECTORY [OUTPUT_DIRECTORY]}
output=${2:-$(dirname "$0")}
mkdir -p "$output"

# cut NAME HEADER_BYTES SAMPLE_BYTES COUNT
cut_samples() {
    {
        gzip -dc "$source/$1.gz" | head -c 4
        # shellcheck disable=SC2059 # the format is made of the four bytes themselves
        printf "$(printf '\\%03o\\%03o\\%03o\\%03o' 0 0 $(($4 / 256)) $(($4 % 256)))"
        gzip -dc "$source/$1.gz" | tail -c +9 | head -c $(($2 - 8 + $3 * $4))
    } | gzip -9n >"$output/$1.gz"
}

cut_samples train-images-idx3-ubyte 16 784 4000
cut_samples train-labels-idx1-ubyte 8 1 4000
cut_samples t10k-images-idx3-ubyte 16 784 1000
cut_samples t10k-labels-idx1-ubyte 8 1 1000
