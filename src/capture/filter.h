// SPDX-License-Identifier: MIT
// A pcap-filter(7) expression that we apply ourselves, to the frames of files.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "pastmon/base/result.h"
#include "pastmon/capture/frame.h"

namespace pastmon::capture {

class Filter {
 public:
  /// An empty expression accepts everything. The error repeats the expression and libpcap's reason.
  static base::Result<Filter> compile(const std::string& expression, LinkType link);
  Filter();
  Filter(Filter&&) noexcept;
  Filter& operator=(Filter&&) noexcept;
  ~Filter();

  bool accepts_all() const noexcept { return program_ == nullptr; }
  bool accepts(const std::uint8_t* data, std::uint32_t captured, std::uint32_t length) const noexcept;

 private:
  struct Program;
  std::unique_ptr<Program> program_;
};

/// The error of a filter that libpcap refuses.
base::Error bad_filter(const std::string& expression, const char* reason);

}  // namespace pastmon::capture
