package main

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"fmt"
	"io"
	"os"
)

// readIDX reads a gzipped IDX file of bytes: its sizes, and as many bytes as they say.
func readIDX(path string, dimensions int) (sizes []int, data []byte, err error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, nil, err
	}
	defer file.Close()
	unpacked, err := gzip.NewReader(file)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", path, err)
	}
	// The largest of MNIST's files is a tenth of this.
	const most = 1 << 29
	all, err := io.ReadAll(io.LimitReader(unpacked, most))
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", path, err)
	}
	header := 4 + 4*dimensions
	if len(all) < header || !bytes.Equal(all[:4], []byte{0, 0, 8, byte(dimensions)}) {
		return nil, nil, fmt.Errorf("%s is no IDX file of bytes in %d dimensions", path, dimensions)
	}
	count := uint64(1)
	for i := 4; i < header; i += 4 {
		size := binary.BigEndian.Uint32(all[i:])
		if size == 0 || uint64(size) > most/count {
			return nil, nil, fmt.Errorf("%s: no size may be %d", path, size)
		}
		sizes = append(sizes, int(size))
		count *= uint64(size)
	}
	if uint64(len(all)-header) != count {
		return nil, nil, fmt.Errorf("%s has %d bytes of data, %d are needed", path,
			len(all)-header, count)
	}
	return sizes, all[header:], nil
}

// digits are images with pixels from 0 to 1, and their labels.
type digits struct {
	count, pixels int
	x             []float64
	labels        []int64
}

func readDigits(images, labels string) (d digits, err error) {
	sizes, bytes, err := readIDX(images, 3)
	if err != nil {
		return d, err
	}
	d.count, d.pixels = sizes[0], sizes[1]*sizes[2]
	for _, pixel := range bytes {
		d.x = append(d.x, float64(pixel)/255)
	}
	sizes, bytes, err = readIDX(labels, 1)
	if err != nil {
		return d, err
	}
	if sizes[0] != d.count {
		return d, fmt.Errorf("%s has %d labels for %d images", labels, sizes[0], d.count)
	}
	for _, label := range bytes {
		d.labels = append(d.labels, int64(label))
	}
	return d, nil
}

// part of the digits: `count` from the index `first` on.
func (d digits) part(first, count int) digits {
	return digits{count, d.pixels, d.x[first*d.pixels : (first+count)*d.pixels],
		d.labels[first : first+count]}
}
