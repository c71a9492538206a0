// SPDX-License-Identifier: MIT
#include "filter.h"

#include <pcap/pcap.h>

#include "link_type.h"
#include "pastmon/base/text.h"

namespace pastmon::capture {

struct Filter::Program {
  bpf_program code{};
  Program() = default;
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;
  ~Program() { pcap_freecode(&code); }
};

Filter::Filter() = default;
Filter::Filter(Filter&&) noexcept = default;
Filter& Filter::operator=(Filter&&) noexcept = default;
Filter::~Filter() = default;

base::Result<Filter> Filter::compile(const std::string& expression, LinkType link) {
  Filter filter;
  if (base::trim(expression).empty()) return filter;
  constexpr int snaplen = 262'144;
  const std::unique_ptr<pcap_t, decltype(&pcap_close)> handle(pcap_open_dead(dlt_of(link), snaplen), pcap_close);
  filter.program_ = std::make_unique<Program>();
  if (pcap_compile(handle.get(), &filter.program_->code, expression.c_str(), 1, PCAP_NETMASK_UNKNOWN) != 0) {
    return bad_filter(expression, pcap_geterr(handle.get()));
  }
  return filter;
}

bool Filter::accepts(const std::uint8_t* data, std::uint32_t captured, std::uint32_t length) const noexcept {
  pcap_pkthdr header{};
  header.caplen = captured;
  header.len = length;
  return pcap_offline_filter(&program_->code, &header, data) != 0;
}

base::Error bad_filter(const std::string& expression, const char* reason) {
  return {
      base::cat("bad filter \"", base::escape_controls(expression), "\": ", base::trim(base::escape_controls(reason)))};
}

}  // namespace pastmon::capture
