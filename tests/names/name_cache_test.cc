// SPDX-License-Identifier: MIT
#include "pastmon/names/name_cache.h"

#include <gtest/gtest.h>

namespace pastmon::names {
namespace {

base::Address address(int last) {
  const std::uint8_t bytes[4] = {192, 0, static_cast<std::uint8_t>(last >> 8), static_cast<std::uint8_t>(last)};
  return base::Address::v4(bytes);
}

std::vector<std::string> names_of(const NameCache& cache, const base::Address& a) {
  std::vector<std::string> names;
  for (const Name& n : cache.all(a)) names.push_back(n.name);
  return names;
}

TEST(NameCache, UnknownAddressHasNoName) {
  NameCache cache({});
  EXPECT_EQ(cache.find(address(1)), nullptr);
  EXPECT_TRUE(cache.all(address(1)).empty());
}

TEST(NameCache, ManyAreNoHostThatCouldBeNamed) {
  NameCache cache({});
  EXPECT_FALSE(cache.learn(base::Address::many(), "many.example.org", NameSource::dns, 10));
  EXPECT_EQ(cache.find(base::Address::many()), nullptr);
  EXPECT_EQ(cache.counters().refused, 1U);
}

TEST(NameCache, NewestNameIsGivenAndOlderOnesAreRemembered) {
  NameCache cache({});
  EXPECT_TRUE(cache.learn(address(1), "a.org", NameSource::dns, 10));
  EXPECT_TRUE(cache.learn(address(1), "b.org", NameSource::dns, 20));
  EXPECT_EQ(cache.find(address(1))->name, "b.org");
  EXPECT_EQ(names_of(cache, address(1)), (std::vector<std::string>{"b.org", "a.org"}));
}

TEST(NameCache, SameNameAgainOnlyGrowsOlder) {
  NameCache cache({});
  cache.learn(address(1), "a.org", NameSource::dns, 10);
  EXPECT_FALSE(cache.learn(address(1), "A.org.", NameSource::dns, 30));
  ASSERT_EQ(cache.all(address(1)).size(), 1U);
  EXPECT_EQ(cache.find(address(1))->first, 10);
  EXPECT_EQ(cache.find(address(1))->last, 30);
  cache.learn(address(1), "a.org", NameSource::dns, 20);
  EXPECT_EQ(cache.find(address(1))->last, 30) << "clocks may step back";
}

TEST(NameCache, NameSeenOnTheWireIsBetterThanAPtrRecord) {
  NameCache cache({});
  EXPECT_TRUE(cache.learn(address(1), "host-1.provider.net", NameSource::reverse, 10));
  EXPECT_TRUE(cache.learn(address(1), "www.shop.org", NameSource::dns, 20));
  EXPECT_FALSE(cache.learn(address(1), "host-2.provider.net", NameSource::reverse, 30));
  EXPECT_EQ(cache.find(address(1))->name, "www.shop.org");
  EXPECT_EQ(cache.find(address(1))->source, NameSource::dns);
  EXPECT_EQ(names_of(cache, address(1)),
            (std::vector<std::string>{"www.shop.org", "host-2.provider.net", "host-1.provider.net"}));
}

TEST(NameCache, OfNamesSeenOnTheWireTheNewestIsGivenWhateverItsSource) {
  NameCache cache({});
  cache.learn(address(1), "cdn.org", NameSource::dns, 10);
  EXPECT_TRUE(cache.learn(address(1), "www.shop.org", NameSource::sni, 20));
  EXPECT_TRUE(cache.learn(address(1), "img.shop.org", NameSource::http, 30));
  EXPECT_FALSE(cache.learn(address(1), "host.provider.net", NameSource::reverse, 40));
  EXPECT_EQ(names_of(cache, address(1)),
            (std::vector<std::string>{"img.shop.org", "www.shop.org", "cdn.org", "host.provider.net"}));
  EXPECT_TRUE(cache.learn(address(1), "cdn.org", NameSource::quic, 50)) << "seen again, elsewhere: one name";
  EXPECT_EQ(cache.find(address(1))->source, NameSource::quic);
  EXPECT_EQ(cache.find(address(1))->first, 10);
  EXPECT_EQ(cache.all(address(1)).size(), 4U);
}

TEST(NameCache, SourcesAreCalledAsInTheDatabase) {
  EXPECT_EQ(to_string(NameSource::dns), "dns");
  EXPECT_EQ(to_string(NameSource::sni), "sni");
  EXPECT_EQ(to_string(NameSource::quic), "quic");
  EXPECT_EQ(to_string(NameSource::http), "http");
  EXPECT_EQ(to_string(NameSource::dhcp), "dhcp");
  EXPECT_EQ(to_string(NameSource::reverse), "ptr");
}

TEST(NameCache, NamesOfOneAddressAreBounded) {
  NameCache cache({.max_addresses = 10, .max_names = 3});
  for (int i = 0; i < 100; ++i) cache.learn(address(1), "name" + std::to_string(i), NameSource::dns, i);
  EXPECT_EQ(names_of(cache, address(1)), (std::vector<std::string>{"name99", "name98", "name97"}));
  EXPECT_EQ(cache.counters().forgotten, 97U);
}

TEST(NameCache, AddressNotUsedForLongestIsEvicted) {
  NameCache cache({.max_addresses = 3, .max_names = 4});
  for (int i = 1; i <= 3; ++i) cache.learn(address(i), "n", NameSource::dns, i);
  EXPECT_NE(cache.find(address(1)), nullptr);
  cache.learn(address(4), "n", NameSource::dns, 4);
  EXPECT_EQ(cache.find(address(2)), nullptr);
  EXPECT_NE(cache.find(address(1)), nullptr) << "it was asked for";
  for (int i = 5; i < 1000; ++i) cache.learn(address(i), "n", NameSource::dns, i);
  EXPECT_EQ(cache.counters().addresses, 3U);
  EXPECT_EQ(cache.counters().evicted, 996U);
}

TEST(NameCache, NameThatCannotBeKeptIsCounted) {
  NameCache cache({});
  EXPECT_FALSE(cache.learn(address(1), "", NameSource::dns, 1));
  EXPECT_FALSE(cache.learn(address(1), std::string(300, 'x'), NameSource::dns, 1));
  EXPECT_EQ(cache.find(address(1)), nullptr);
  EXPECT_EQ(cache.counters().refused, 2U);
  EXPECT_EQ(cache.counters().addresses, 0U);
}

TEST(NameCache, HostileNameIsCleaned) {
  NameCache cache({});
  cache.learn(address(1), "evil\n\x1b]0;x", NameSource::dns, 1);
  EXPECT_EQ(cache.find(address(1))->name, "evil\uFFFD\uFFFD]0;x");
}

}  // namespace
}  // namespace pastmon::names
