// SPDX-License-Identifier: MIT
#include "pastmon/base/log.h"

#include <gtest/gtest.h>

namespace pastmon::base {
namespace {

TEST(Log, EscapesWhatCouldForgeALine) {
  testing::internal::CaptureStderr();
  log::to_stderr("test");
  log::warning("host \"", "a\nb\x1b[31m", "\" port ", 80);
  log::debug("not shown");
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "test: warning: host \"a\\nb\\x1b[31m\" port 80\n");
}

}  // namespace
}  // namespace pastmon::base
