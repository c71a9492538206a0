// SPDX-License-Identifier: MIT
// What names costs a DNS response, a lookup and a name learnt. None of it is done per packet.
#include <benchmark/benchmark.h>

#include "names/dns_message.h"
#include "pastmon/names/dns_answers.h"
#include "pastmon/names/name_cache.h"

namespace pastmon::names::testing {
namespace {

void DnsAnswerWithAlias(benchmark::State& state) {
  const auto message =
      bytes(header(kResponse, 1, 2) + question(name("www.example.org")) +
            record(pointer(12), kCname, label("cdn") + pointer(16)) + record(name("cdn.example.org"), kA, kFour));
  std::vector<AnsweredAddress> out;
  for (auto _ : state) {
    out.clear();
    benchmark::DoNotOptimize(read_dns_answers(message, out));
  }
}

base::Address address(std::uint32_t i) {
  const std::uint8_t four[4] = {10, static_cast<std::uint8_t>(i >> 16), static_cast<std::uint8_t>(i >> 8),
                                static_cast<std::uint8_t>(i)};
  return base::Address::v4(four);
}

void CacheLearnAndEvict(benchmark::State& state) {
  NameCache cache({});
  std::uint32_t i = 0;
  for (auto _ : state) {
    cache.learn(address(i & 0x3ffffU), "host.example.org", NameSource::dns, i);
    ++i;
  }
}

void CacheFind(benchmark::State& state) {
  NameCache cache({});
  for (std::uint32_t i = 0; i < 65'536; ++i) cache.learn(address(i), "host.example.org", NameSource::dns, i);
  std::uint32_t i = 0;
  for (auto _ : state) benchmark::DoNotOptimize(cache.find(address(i++ * 40503U & 0xffffU)));
}

BENCHMARK(DnsAnswerWithAlias);
BENCHMARK(CacheLearnAndEvict);
BENCHMARK(CacheFind);

}  // namespace
}  // namespace pastmon::names::testing
