// SPDX-License-Identifier: MIT
// Any bytes as a DNS response, and each name found as a host name. Aborts when a bound does not hold.
#include <cstdint>
#include <cstdlib>

#include "pastmon/names/dns_answers.h"
#include "pastmon/names/host_name.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::vector<pastmon::names::AnsweredAddress> found;
  pastmon::names::read_dns_answers({data, size}, found);
  if (found.size() > pastmon::names::kMaxAnswers) std::abort();
  for (const auto& answer : found) {
    const auto name = pastmon::names::clean_host_name(answer.name);
    if (!name) continue;
    if (name->empty() || name->size() > pastmon::names::kMaxHostName) std::abort();
    for (const char c : *name) {
      if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) std::abort();
    }
  }
  pastmon::names::clean_host_name({reinterpret_cast<const char*>(data), size});
  return 0;
}
