// SPDX-License-Identifier: MIT
// Which reader a capture file gets.
#include <cerrno>
#include <cstring>

#include "file_sources.h"
#include "link_type.h"
#include "pastmon/base/cursor.h"
#include "pastmon/base/text.h"

namespace pastmon::capture {
namespace {

constexpr std::uint32_t kMicroseconds = 0xa1b2c3d4, kNanoseconds = 0xa1b23c4d;

/// Formats that libpcap reads and we do not: pcapng, and classic files with other record headers.
bool for_libpcap(const std::uint8_t* bytes) {
  base::Cursor big(bytes, 4), little(bytes, 4);
  for (const std::uint32_t magic : {big.be32(), little.le32()}) {
    switch (magic) {
      case 0x0a0d0d0a:  // pcapng
      case 0xa1b2cd34:  // Kuznetzov
      case 0xa1b234cd:  // Alexey's second
      case 0xa12b3c4d:  // Navtel
      case 0x1c0001ac:  // IXIA, hardware and software time stamps
      case 0x1c0001ab:
        return true;
      default:
        break;
    }
  }
  return false;
}

/// Up to `size` bytes; fewer at the end of the input.
base::Result<std::size_t> read_all(ByteInput& input, std::uint8_t* to, std::size_t size) {
  std::size_t have = 0;
  while (have < size) {
    const ssize_t n = input.read(to + have, size - have);
    if (n < 0) return base::Error{base::cat("cannot read ", input.name(), ": ", strerror(errno))};
    if (n == 0) break;
    have += static_cast<std::size_t>(n);
  }
  return have;
}

}  // namespace

bool read_classic_header(const std::uint8_t* bytes, ClassicHeader& header) noexcept {
  base::Cursor big(bytes, kClassicHeader), little(bytes, kClassicHeader);
  const std::uint32_t big_magic = big.be32();
  const std::uint32_t magic = big_magic == kMicroseconds || big_magic == kNanoseconds ? big_magic : little.le32();
  if (magic != kMicroseconds && magic != kNanoseconds) return false;
  const bool file_is_big = magic == big_magic;
  header.swapped = file_is_big == (__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__);
  header.nanoseconds = magic == kNanoseconds;
  base::Cursor c(bytes + 4, kClassicHeader - 4);
  header.version_major = file_is_big ? c.be16() : c.le16();
  header.version_minor = file_is_big ? c.be16() : c.le16();
  c.skip(12);
  constexpr std::uint32_t link_bits = 0x03ffffff;  // above them: length of a frame check sequence at each frame's end
  header.link = (file_is_big ? c.be32() : c.le32()) & link_bits;
  return true;
}

base::Result<std::unique_ptr<Source>> open_file(const FileOptions& options) {
  auto input = ByteInput::open(options.path);
  if (!input) return input.error();
  const std::string& name = (*input)->name();

  std::uint8_t bytes[kClassicHeader];
  const auto have = read_all(**input, bytes, sizeof bytes);
  if (!have) return have.error();
  if (*have == 0) return base::Error{base::cat(name, ": not a capture file: it is empty")};

  ClassicHeader header;
  if (*have < 4 || !(read_classic_header(bytes, header) || for_libpcap(bytes))) {
    return base::Error{base::cat(name, ": not a capture file (neither pcap nor pcapng)")};
  }
  const bool classic = read_classic_header(bytes, header);
  if (*have < kClassicHeader) {
    return base::Error{base::cat(name, ": truncated at byte ", *have, ": the file header is cut off")};
  }
  // Files older than format 2.4 order the fields of a record differently; libpcap knows how.
  const bool current = header.version_major == 2 && header.version_minor == 4;
  if (classic && current && link_type_of_file(header.link)) {
    return open_classic(std::move(*input), header, options.filter);
  }
  (*input)->give_back({bytes, *have});
  return open_with_libpcap(std::move(*input), options.filter);
}

}  // namespace pastmon::capture
