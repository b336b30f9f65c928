// veneer verify.
#include "veneer/verify.h"

#include "command.h"
#include "json.h"
#include "remote.h"
#include "text.h"

namespace cli {

namespace {

constexpr OptionSpec kVerifyMostOption{"limit", '\0', "N",
                                       "print at most N findings of each file (all are counted)"};
constexpr OptionSpec kVerifyFormatOption{"format", '\0', "FORMAT", "text (the default) or json",
                                         "text|json"};
constexpr const OptionSpec* kVerifyOptions[] = {&kVerifyMostOption, &kNoChecksumOption,
                                                &kVerifyFormatOption, &kColorOption, &kHelpOption};

void number_or_null(Json& json, std::string_view key, int64_t value) {
  json.key(key).number_or_null(value < 0 ? std::nullopt : std::optional<int64_t>(value));
}

void print_json(Out* out, std::string_view file, const veneer::Finding& finding) {
  Json json(out);
  json.begin_object();
  json.key("file").string(file);
  json.key("kind").string(veneer::to_string(finding.kind));
  json.key("code").string(veneer::to_string(finding.code));
  json.key("message").string(finding.message);
  number_or_null(json, "row_group", finding.row_group);
  if (finding.leaf < 0)
    json.key("column").null();
  else
    json.key("column").string(finding.column);
  number_or_null(json, "page", finding.page);
  number_or_null(json, "offset", finding.offset);
  json.end_object();
  json.end_line();
}

void verify_file(Run* run, const std::string& path, const veneer::File& file, int64_t most) {
  bool as_json = run->options().value("format") == "json";
  Out& out = run->out();
  veneer::VerifyOptions options;
  options.checksums = !run->options().has("no-checksum");
  options.progress = [&](int64_t done, int64_t total) { run->progress(path, done, total); };
  int64_t findings = 0;
  std::string kind;
  veneer::Status status = veneer::verify(file, options, [&](const veneer::Finding& finding) {
    if (findings == 0) kind = veneer::to_string(finding.code);
    if (findings++ >= most) return;
    run->end_progress();
    if (as_json) {
      print_json(&out, path, finding);
    } else {
      out.append(visible(path));
      out.append(": ");
      out.append(visible(finding.to_string()));
      out.put('\n');
    }
    // One sees at once what is wrong, not when the last gigabyte was read.
    if (run->out_is_terminal()) out.flush();
  });
  run->end_progress();
  run->fail(status, path);
  if (findings > 0) {
    run->fail(path, kind, std::to_string(findings) + (findings == 1 ? " finding" : " findings"));
  } else if (status.ok() && !as_json) {
    out.append(visible(path));
    out.append(": ok\n");
  } else if (status.ok()) {
    Json json(&out);
    json.begin_object();
    json.key("file").string(path);
    json.key("kind").string("ok");
    json.end_object();
    json.end_line();
  }
}

void run_verify(Run* run) {
  int64_t most;
  if (!run->options().count("limit", INT64_MAX, 0, &most)) {
    run->wrong_use(run->options().error());
    return;
  }
  for (const std::string& path : run->options().operands()) {
    if (!run->writing()) return;
    std::optional<veneer::File> file = open_file(run, path);
    if (file.has_value()) verify_file(run, shown_name(path), *file, most);
  }
}

}  // namespace

const Command kVerifyCommand{
    "verify",
    "FILE...",
    "Decode everything and hold it against what the file says of itself",
    "Every value of every page is decoded; checksums, counts, levels, statistics, page index, "
    "bloom\n"
    "filters and UTF-8 are checked. Findings go to standard output, a line each; a file without\n"
    "any is \"ok\". Exit status 1 where there is any finding.\n",
    kVerifyOptions,
    &run_verify};

}  // namespace cli
