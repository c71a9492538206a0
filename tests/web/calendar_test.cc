// SPDX-License-Identifier: MIT
#include "calendar.h"

#include <gtest/gtest.h>

namespace pastmon::web {
namespace {

constexpr base::Seconds kHour = 3600;

Calendar zone(const char* name, unsigned week_starts = 1) { return *Calendar::make(name, week_starts); }

TEST(Calendar, ADayThatLosesAnHourHas23) {
  const Calendar berlin = zone("Europe/Berlin");
  const base::Seconds now =
      *berlin.parse("2026-03-30T12:00", Calendar::Ambiguous::earlier);  // the day after the change
  const auto yesterday = berlin.range("yesterday", now);
  ASSERT_TRUE(yesterday);
  EXPECT_EQ(yesterday->to - yesterday->from, 23 * kHour);
  EXPECT_EQ(berlin.full_time(yesterday->from), "2026-03-29 00:00:00");
  EXPECT_EQ(berlin.full_time(yesterday->to), "2026-03-30 00:00:00");
}

TEST(Calendar, ADayThatGainsAnHourHas25) {
  const Calendar berlin = zone("Europe/Berlin");
  const base::Seconds now = *berlin.parse("2026-10-26T00:10", Calendar::Ambiguous::earlier);
  const auto yesterday = berlin.range("yesterday", now);
  EXPECT_EQ(yesterday->to - yesterday->from, 25 * kHour);
}

TEST(Calendar, AWeekAcrossAChangeHasAnHourLess) {
  const Calendar berlin = zone("Europe/Berlin");
  const base::Seconds now = *berlin.parse("2026-03-31T08:00", Calendar::Ambiguous::earlier);
  const auto last = berlin.range("last_week", now);
  EXPECT_EQ(last->to - last->from, (7 * 24 - 1) * kHour);
  EXPECT_EQ(berlin.full_time(last->from), "2026-03-23 00:00:00");
}

TEST(Calendar, WeeksBeginWhereTheyAreToldTo) {
  const base::Seconds wednesday = *zone("UTC").parse("2026-11-25T10:00", Calendar::Ambiguous::earlier);
  EXPECT_EQ(zone("UTC", 1).full_time(zone("UTC", 1).range("week", wednesday)->from), "2026-11-23 00:00:00");
  EXPECT_EQ(zone("UTC", 0).full_time(zone("UTC", 0).range("week", wednesday)->from), "2026-11-22 00:00:00");
}

TEST(Calendar, AZoneOffTheHour) {
  const Calendar kolkata = zone("Asia/Kolkata");
  const base::Seconds now = *kolkata.parse("2026-11-23T09:00", Calendar::Ambiguous::earlier);
  EXPECT_EQ(kolkata.range("yesterday", now)->from % kHour, 1800);
}

TEST(Calendar, MonthsAcrossTheYear) {
  const Calendar utc = zone("UTC");
  const base::Seconds now = *utc.parse("2026-01-15T10:00", Calendar::Ambiguous::earlier);
  EXPECT_EQ(utc.full_time(utc.range("last_month", now)->from), "2025-12-01 00:00:00");
  EXPECT_EQ(utc.full_time(utc.range("last_month", now)->to), "2026-01-01 00:00:00");
  EXPECT_EQ(utc.full_time(utc.range("month", now)->from), "2026-01-01 00:00:00");
}

TEST(Calendar, YearsBeginWithTheZonesNewYear) {
  const Calendar berlin = zone("Europe/Berlin");
  const base::Seconds now = *berlin.parse("2026-07-15T10:00", Calendar::Ambiguous::earlier);
  EXPECT_EQ(berlin.full_time(berlin.range("year", now)->from), "2026-01-01 00:00:00");
  EXPECT_EQ(berlin.full_time(berlin.range("last_year", now)->from), "2025-01-01 00:00:00");
  EXPECT_EQ(berlin.range("last_year", now)->to, berlin.range("year", now)->from);
}

TEST(Calendar, DaysBackBeginOnAWholeHour) {
  const Calendar utc = zone("UTC");
  const base::Seconds now = *utc.parse("2026-01-15T10:17", Calendar::Ambiguous::earlier);
  EXPECT_EQ(utc.full_time(utc.range("24h", now)->from), "2026-01-14 10:00:00");
  EXPECT_EQ(utc.full_time(utc.range("12d", now)->from), "2026-01-03 10:00:00");
  EXPECT_EQ(Calendar::preset_title("90d"), "Last 90 days");
  EXPECT_EQ(Calendar::preset_title("last_year"), "Last year");
  EXPECT_EQ(Calendar::preset_title("fortnight"), "");
  for (const char* wrong : {"0d", "-1d", "d", "12", "12dd", "99999d"}) EXPECT_FALSE(utc.range(wrong, now)) << wrong;
}

TEST(Calendar, RangesThatEndNowHoldTheFiveMinutesUnderWay) {
  const Calendar utc = zone("UTC");
  const base::Seconds now = *utc.parse("2026-01-15T10:02:30", Calendar::Ambiguous::earlier);
  EXPECT_EQ(utc.full_time(utc.range("hour", now)->from), "2026-01-15 09:05:00");
  EXPECT_EQ(utc.full_time(utc.range("hour", now)->to), "2026-01-15 10:05:00");
  for (const Calendar::Preset& preset : Calendar::presets()) {
    const auto range = utc.range(preset.key, now);
    ASSERT_TRUE(range) << preset.key;
    EXPECT_LT(range->from, range->to) << preset.key;
  }
  EXPECT_FALSE(utc.range("fortnight", now));
}

TEST(Calendar, TimesThatAreSkippedOrShownTwice) {
  const Calendar berlin = zone("Europe/Berlin");
  const auto skipped = berlin.parse("2026-03-29T02:30", Calendar::Ambiguous::earlier);
  ASSERT_TRUE(skipped);
  EXPECT_EQ(berlin.full_time(*skipped), "2026-03-29 03:00:00");
  const auto first = berlin.parse("2026-10-25T02:30", Calendar::Ambiguous::earlier);
  const auto second = berlin.parse("2026-10-25T02:30", Calendar::Ambiguous::later);
  EXPECT_EQ(*second - *first, kHour);
}

TEST(Calendar, RefusesWhatIsNoTime) {
  const Calendar utc = zone("UTC");
  for (const char* text :
       {"", "now", "2026-13-01", "2026-02-30", "2026-01-01T24:00", "2026-01-01T10", "2026-01-01T10:00x",
        "2026-01-01T10:00:0", "1969-12-31", "20260101", "-001-01-01", "2026-01-01T+1:00"}) {
    EXPECT_FALSE(utc.parse(text, Calendar::Ambiguous::earlier)) << text;
  }
  EXPECT_EQ(utc.parse("2026-01-01", Calendar::Ambiguous::earlier),
            utc.parse("2026-01-01T00:00:00", Calendar::Ambiguous::earlier));
}

TEST(Calendar, FormTimesAreReadBack) {
  const Calendar berlin = zone("Europe/Berlin");
  EXPECT_EQ(berlin.parse(berlin.form_time(1'800'000'060), Calendar::Ambiguous::earlier), 1'800'000'060);
}

TEST(Calendar, ShortTimesSayNoMoreThanIsNeeded) {
  const Calendar utc = zone("UTC");
  const base::Seconds now = *utc.parse("2026-11-23T18:00", Calendar::Ambiguous::earlier);
  EXPECT_EQ(utc.short_time(now - 55, now), "17:59:05");
  EXPECT_EQ(utc.short_time(now - 24 * kHour, now), "22 Nov 18:00");
  EXPECT_EQ(utc.short_time(now - 400 * 24 * kHour, now), "2025-10-19 18:00");
  EXPECT_EQ(utc.span_text({now - 24 * kHour, now}, now), "22 Nov 18:00 – 23 Nov 18:00");
  EXPECT_EQ(utc.span_text({now - kHour, now}, now), "23 Nov 17:00 – 18:00");
}

TEST(Calendar, AnUnknownZoneIsAnError) {
  const auto calendar = Calendar::make("Europe/Atlantis", 1);
  ASSERT_FALSE(calendar);
  EXPECT_NE(calendar.message().find("Europe/Atlantis"), std::string::npos);
}

TEST(BucketStart, IsTheFiveMinutesBefore) {
  EXPECT_EQ(bucket_start(1'700'000'123), 1'700'000'100);
  EXPECT_EQ(bucket_start(1'700'000'100), 1'700'000'100);
}

TEST(Calendar, FieldsThatOverflowCarryOver) {
  const Calendar berlin = zone("Europe/Berlin");
  EXPECT_EQ(berlin.form_time(berlin.moment({2026, 13, 1, 24, 0, 0, 0}, Calendar::Ambiguous::earlier)),
            "2027-01-02T00:00");
  EXPECT_EQ(berlin.form_time(berlin.moment({2026, 3, 0, 0, 0, 0, 0}, Calendar::Ambiguous::earlier)),
            "2026-02-28T00:00");
}

TEST(Calendar, LocalFieldsAreReadBack) {
  const Calendar kolkata = zone("Asia/Kolkata");
  const base::Seconds at = 1'763'920'805;
  const Calendar::Local local = kolkata.local(at);
  EXPECT_EQ(kolkata.moment(local, Calendar::Ambiguous::earlier), at);
  EXPECT_EQ(local.weekday, 0U) << "a Sunday";
}

TEST(Calendar, DaysLaterIsTheSameTimeOfDayAcrossAChange) {
  const Calendar berlin = zone("Europe/Berlin");
  const base::Seconds noon = *berlin.parse("2026-10-25T12:00", Calendar::Ambiguous::earlier);
  EXPECT_EQ(berlin.form_time(berlin.days_later(noon, -1)), "2026-10-24T12:00");
  EXPECT_EQ(noon - berlin.days_later(noon, -1), 25 * kHour);
  EXPECT_EQ(berlin.form_time(berlin.days_later(noon, 7)), "2026-11-01T12:00");
}

}  // namespace
}  // namespace pastmon::web
