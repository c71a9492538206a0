// SPDX-License-Identifier: MIT
#include "newcomers.h"

#include <gtest/gtest.h>

namespace pastmon::web {
namespace {

TEST(Newcomers, OneReadsTheOthersTakeWhatWasThere) {
  Newcomers newcomers;
  EXPECT_EQ(newcomers.get(0), nullptr);
  const auto first = std::make_shared<const Arrivals>();
  newcomers.keep(first, 0);
  EXPECT_EQ(newcomers.get(Newcomers::kFresh - 1), first);
  EXPECT_EQ(newcomers.get(Newcomers::kFresh), nullptr) << "this one reads anew";
  EXPECT_EQ(newcomers.get(Newcomers::kFresh), first) << "the next one need not wait";
  const auto second = std::make_shared<const Arrivals>();
  newcomers.keep(second, Newcomers::kFresh);
  EXPECT_EQ(newcomers.get(Newcomers::kFresh + 1), second);
}

TEST(Newcomers, AFailureLetsTheNextOneTry) {
  Newcomers newcomers;
  EXPECT_EQ(newcomers.get(0), nullptr);
  newcomers.keep(nullptr, 0);
  newcomers.keep(std::make_shared<const Arrivals>(), 0);
  EXPECT_EQ(newcomers.get(2 * Newcomers::kFresh), nullptr);
  newcomers.keep(nullptr, 2 * Newcomers::kFresh);
  EXPECT_EQ(newcomers.get(2 * Newcomers::kFresh), nullptr);
}

}  // namespace
}  // namespace pastmon::web
