// The digits of examples/data at half their size, for the trainers written in C++.
#ifndef INTEGRATIONS_DIGITS_HPP
#define INTEGRATIONS_DIGITS_HPP

#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

#include <zlib.h>

struct digits {
    static constexpr int side = 14, pixels = side * side, classes = 10;

    std::int64_t count;
    std::vector<float> images; // (count, pixels), from 0 to 1
    std::vector<std::int64_t> labels;
};

// `size` bytes of an IDX file, plain or gzipped, behind its header.
inline std::vector<unsigned char> read_idx(const std::string &path, unsigned header,
                                           std::size_t size)
{
    std::vector<unsigned char> bytes(header + size);
    gzFile file = gzopen(path.c_str(), "rb");
    if (file == nullptr)
        throw std::runtime_error("cannot open " + path);
    const int got = gzread(file, bytes.data(), static_cast<unsigned>(bytes.size()));
    gzclose(file);
    if (got != static_cast<int>(bytes.size()))
        throw std::runtime_error(path + " is damaged or has too few items");
    bytes.erase(bytes.begin(), bytes.begin() + header);
    return bytes;
}

// The first `count` digits of "train" (4000) or "t10k" (1000).
inline digits read_digits(const std::string &folder, const std::string &set, std::int64_t count)
{
    constexpr int full = 2 * digits::side;
    const std::string path = folder + "/" + set;
    const auto pixels =
        read_idx(path + "-images-idx3-ubyte.gz", 16, static_cast<std::size_t>(count) * full * full);
    const auto labels =
        read_idx(path + "-labels-idx1-ubyte.gz", 8, static_cast<std::size_t>(count));

    digits result{count, {}, {labels.begin(), labels.end()}};
    for (std::int64_t i = 0; i < count; i++) {
        for (int row = 0; row < full; row += 2) {
            for (int column = 0; column < full; column += 2) {
                const unsigned char *at = &pixels[(i * full + row) * full + column];
                result.images.push_back((at[0] + at[1] + at[full] + at[full + 1]) / (4 * 255.0f));
            }
        }
    }
    return result;
}

#endif
