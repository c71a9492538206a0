// SPDX-License-Identifier: MIT
// The page of one address.
#include "web/pages_fixture.h"

namespace pastmon::web::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class HostPage : public PagesFixture {};

TEST_F(HostPage, AServersNamesAndWhatItOffers) {
  fill();
  EXPECT_THAT(page("/PasTmon/host?address=10.20.0.10"),
              AllOf(HasSubstr("<bdi>www.example</bdi>"), HasSubstr("seen in a DNS answer"),
                    HasSubstr("Services that it offers"), HasSubstr("HTTP POST"), HasSubstr("9 clients"),
                    HasSubstr("As a server"), Not(HasSubstr("Services that it uses")), HasSubstr("<dt>First</dt>")));
}

TEST_F(HostPage, AClientsServersAreLinks) {
  fill();
  EXPECT_THAT(
      page("/PasTmon/host?address=10.20.1.11"),
      AllOf(HasSubstr("Services that it uses"), HasSubstr("/PasTmon/host?address=10.20.0.20"), HasSubstr("db1.example"),
            HasSubstr("/PasTmon/level1?client=10.20.1.11"), Not(HasSubstr("Services that it offers"))));
}

TEST_F(HostPage, OverALongTimeTheServersAreNotToldApart) {
  fill();
  EXPECT_THAT(page("/PasTmon/host?address=10.20.1.11&range=31d"),
              AllOf(HasSubstr("Redis GET"), Not(HasSubstr("address=10.20.0.20"))));
}

TEST_F(HostPage, AHostThatWasNeverSeenIsNotFound) {
  fill();
  EXPECT_THAT(page("/PasTmon/host?address=192.0.2.1", 404), HasSubstr("Nothing is known of 192.0.2.1"));
  EXPECT_THAT(page("/PasTmon/host?address=%3Cscript%3E", 404), HasSubstr("&lt;script&gt;"));
  EXPECT_THAT(page("/PasTmon/host"), HasSubstr("Which host?"));
}

TEST_F(HostPage, NothingInTheTimeSaysWhereToLook) {
  fill();
  EXPECT_THAT(page("/PasTmon/host?address=10.20.0.10&from=2001-01-01&to=2001-01-02"),
              AllOf(HasSubstr("Nothing in this time"), HasSubstr("range=31d")));
}

TEST_F(HostPage, HostileNamesAreText) {
  SampleOptions sample;
  sample.hostile = true;
  fill(sample);
  EXPECT_THAT(page("/PasTmon/host?address=192.0.2.66"),
              AllOf(Not(HasSubstr("<script>alert")), HasSubstr("&lt;script")));
}

}  // namespace
}  // namespace pastmon::web::test
