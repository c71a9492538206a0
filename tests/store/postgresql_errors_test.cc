// SPDX-License-Identifier: MIT
#include "postgresql_errors.h"

#include <gtest/gtest.h>

namespace pastmon::store {
namespace {

TEST(PostgresqlErrors, AMessageOfSeveralLinesBecomesOne) {
  EXPECT_EQ(one_line("ERROR:  no such column\nLINE 1: SELECT x\n               ^\n\n"),
            "ERROR:  no such column; LINE 1: SELECT x");
  EXPECT_EQ(one_line(""), "");
}

TEST(PostgresqlErrors, AServerThatIsAwayOrNotReadyIsWaitedFor) {
  for (const char* message :
       {"connection to server at \"192.0.2.1\", port 5432 failed: Connection refused",
        "could not translate host name \"db\" to address: Temporary failure in name resolution",
        "connection to server failed: FATAL:  the database system is starting up",
        "connection to server failed: FATAL:  the database system is in recovery mode",
        "connection to server failed: FATAL:  sorry, too many clients already",
        "connection to server failed: FATAL:  too many connections for role \"pastmon\"",
        "connection to server failed: FATAL:  remaining connection slots are reserved for roles with the SUPERUSER "
        "attribute"})
    EXPECT_TRUE(connecting_may_help_later(message)) << message;
}

TEST(PostgresqlErrors, WhatSomebodyMustMendIsSaidAtOnce) {
  for (const char* message :
       {"connection to server failed: FATAL:  password authentication failed for user \"pastmon\"",
        "connection to server failed: FATAL:  role \"pastmon\" does not exist",
        "could not translate host name \"bd\" to address: Name or service not known"})
    EXPECT_FALSE(connecting_may_help_later(message)) << message;
}

TEST(PostgresqlErrors, StatesThatPassByThemselves) {
  for (const char* state : {"25006", "40P01", "40001", "53100", "53300", "55P03", "57P01", "58030", "08006"})
    EXPECT_TRUE(passes(sqlstate(state))) << state;
  for (const char* state : {"23514", "42501", "42P01", "22P02", "55000"})
    EXPECT_FALSE(passes(sqlstate(state))) << state;
}

}  // namespace
}  // namespace pastmon::store
