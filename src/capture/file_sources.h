// SPDX-License-Identifier: MIT
// The two readers of capture files behind open_file().
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "byte_input.h"
#include "pastmon/base/result.h"
#include "pastmon/capture/source.h"

namespace pastmon::capture {

/// No record of a capture file is longer; libpcap has the same limit for the link types that we know.
inline constexpr std::uint32_t kMaxRecord = 262'144;

inline constexpr std::size_t kClassicHeader = 24;  ///< bytes in front of the first record of a classic file

/// What a classic pcap file's header says.
struct ClassicHeader {
  bool swapped = false;  ///< written in the other byte order
  bool nanoseconds = false;
  std::uint16_t version_major = 0;
  std::uint16_t version_minor = 0;
  std::uint32_t link = 0;  ///< number of the link type
};

/// Reads it from kClassicHeader bytes; false: not the magic number of a classic file.
bool read_classic_header(const std::uint8_t* bytes, ClassicHeader& header) noexcept;

/// Classic pcap by a block reader of our own; `input` stands behind the header. The link type is one that we know.
base::Result<std::unique_ptr<Source>> open_classic(std::unique_ptr<ByteInput> input, const ClassicHeader& header,
                                                   const std::string& filter);

/// Everything else that libpcap can read; `input` stands at the beginning.
base::Result<std::unique_ptr<Source>> open_with_libpcap(std::unique_ptr<ByteInput> input, const std::string& filter);

}  // namespace pastmon::capture
