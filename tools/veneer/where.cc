#include "where.h"

#include <algorithm>
#include <initializer_list>
#include <string_view>
#include <utility>
#include <vector>

#include "grid.h"
#include "json.h"
#include "text.h"

namespace cli {

const OptionSpec kWhereOption{"where", 'w', "EXPR",
                              "only rows like fare > 10 and city in ('NYC', 'SF')"};
const OptionSpec kExplainOption{
    "explain", '\0', "", "read, but print what was left out and why (JSON with --format=json)"};
bool parse_where(Run* run, veneer::Filter* filter) {
  const std::optional<std::string_view> text = run->options().value("where");
  if (!text.has_value()) return true;
  veneer::Result<veneer::Filter> parsed = veneer::Filter::parse(*text);
  if (!parsed) {
    run->wrong_use(parsed.status().message());
    return false;
  }
  *filter = *std::move(parsed);
  return true;
}

void report_read(Run* run, const veneer::Status& status, const veneer::File& file) {
  if (status.code() == veneer::StatusCode::invalid_argument &&
      status.message().starts_with("filter: ")) {
    run->wrong_use(std::string(file.name()) + ": " + std::string(status.message().substr(8)));
  } else {
    run->fail(status, file.name());
  }
}

namespace {

class CountedInput final : public veneer::Input {
 public:
  CountedInput(std::shared_ptr<veneer::Input> input, std::shared_ptr<ReadCounter> counter)
      : input_(std::move(input)), counter_(std::move(counter)) {}

  std::string_view name() const noexcept override { return input_->name(); }
  veneer::Result<int64_t> size() override { return input_->size(); }
  veneer::Status read(int64_t offset, std::span<uint8_t> out) override {
    count(out.size());
    return input_->read(offset, out);
  }
  veneer::Result<int64_t> read_tail(std::span<uint8_t> out) override {
    veneer::Result<int64_t> size = input_->read_tail(out);
    if (size) count(std::min(out.size(), static_cast<size_t>(*size)));
    return size;
  }
  void will_need(std::span<const veneer::ByteRange> ranges) override { input_->will_need(ranges); }
  int64_t preferred_read_bytes() const noexcept override { return input_->preferred_read_bytes(); }

 private:
  void count(size_t bytes) {
    ++counter_->reads;
    counter_->bytes += static_cast<int64_t>(bytes);
  }
  std::shared_ptr<veneer::Input> input_;
  std::shared_ptr<ReadCounter> counter_;
};

void write_json(Run* run, const Explanation& of) {
  const veneer::FilterStats& stats = of.stats;
  Json json(&run->out());
  json.begin_object();
  json.key("name").string(of.name);
  json.key("where").string(run->options().value("where").value_or(""));
  const auto counts = [&](std::string_view name,
                          std::initializer_list<std::pair<std::string_view, int64_t>> members) {
    json.key(name).begin_object();
    for (const auto& [member, count] : members) json.key(member).number(count);
    json.end_object();
  };
  if (of.files.has_value()) {
    counts("directories", {{"pruned", of.directories_pruned}});
    counts("files", {{"read", *of.files}, {"pruned", of.files_pruned}});
  }
  counts("row_groups", {{"seen", stats.row_groups},
                        {"dropped_by_statistics", stats.row_groups_by_statistics},
                        {"dropped_by_dictionary", stats.row_groups_by_dictionary},
                        {"dropped_by_bloom_filter", stats.row_groups_by_bloom_filter},
                        {"dropped_by_page_index", stats.row_groups_by_page_index},
                        {"kept_whole", stats.row_groups_whole}});
  counts("pages", {{"seen", stats.pages}, {"dropped", stats.pages_dropped}});
  counts("rows", {{"seen", stats.rows},
                  {"dropped_with_row_groups", stats.rows_by_row_group},
                  {"dropped_with_pages", stats.rows_by_page},
                  {"kept_untested", stats.rows_proven},
                  {"tested", stats.rows_tested},
                  {"kept", stats.rows_kept}});
  counts("bytes", {{"size", of.bytes}, {"read", of.bytes_read}, {"reads", of.reads}});
  json.key("seconds").begin_object();
  json.key("plan").real(stats.plan_seconds);
  json.key("filter").real(stats.filter_seconds);
  json.key("read").real(stats.read_seconds);
  json.end_object();
  json.end_object();
  json.end_line();
}

// Lines of a tree: what is said, and how deep it stands.
class Tree {
 public:
  void add(size_t depth, std::string text) { lines_.push_back({depth, std::move(text)}); }
  void add_count(size_t depth, int64_t count, std::string_view what) {
    if (count > 0) add(depth, std::to_string(count) + " " + std::string(what));
  }
  void print(Run* run) const {
    std::vector<bool> goes_on;
    for (size_t i = 0; i < lines_.size(); ++i) {
      const size_t depth = lines_[i].depth;
      std::string prefix;
      for (size_t d = 1; d < depth; ++d) prefix += goes_on[d] ? "│  " : "   ";
      if (depth > 0) {
        const bool last = is_last(i);
        prefix += last ? "└─ " : "├─ ";
        goes_on.resize(std::max(goes_on.size(), depth + 1));
        goes_on[depth] = !last;
      }
      run->out().append(run->dim());
      run->out().append(prefix);
      run->out().append(run->plain());
      run->out().append(visible(lines_[i].text));
      run->out().put('\n');
    }
  }

 private:
  struct Line {
    size_t depth;
    std::string text;
  };
  bool is_last(size_t i) const {
    for (size_t k = i + 1; k < lines_.size() && lines_[k].depth >= lines_[i].depth; ++k) {
      if (lines_[k].depth == lines_[i].depth) return false;
    }
    return true;
  }
  std::vector<Line> lines_;
};

std::string millis(double seconds) { return fixed_text(seconds * 1e3, 2) + " ms"; }

void write_tree(Run* run, const Explanation& of) {
  const veneer::FilterStats& stats = of.stats;
  Tree tree;
  tree.add(0, of.name + ": " + std::string(run->options().value("where").value_or("every row")));
  if (of.files.has_value()) {
    tree.add(1, count_of(*of.files, "file") + " read");
    // How many files lie in the directories nobody has counted: it would mean listing them.
    tree.add_count(2, of.directories_pruned,
                   of.directories_pruned == 1 ? "directory dropped by its partition, and not listed"
                                              : "directories dropped by their partitions, and not "
                                                "listed");
    tree.add_count(2, of.files_pruned, "more listed and dropped by their partitions");
  }
  tree.add(1, count_of(stats.row_groups, "row group"));
  tree.add_count(2, stats.row_groups_by_statistics, "dropped by statistics");
  tree.add_count(2, stats.row_groups_by_dictionary, "dropped by dictionary");
  tree.add_count(2, stats.row_groups_by_bloom_filter, "dropped by bloom filter");
  tree.add_count(2, stats.row_groups_by_page_index, "dropped by page index");
  tree.add_count(2, stats.row_groups_whole, "kept whole by what metadata proves");
  if (stats.pages > 0) {
    tree.add(1, count_of(stats.pages, "page") + " of the filter's columns looked up");
    tree.add_count(2, stats.pages_dropped, "dropped by the page index or their headers");
  }
  tree.add(1, count_of(stats.rows, "row"));
  tree.add_count(2, stats.rows_by_row_group, "dropped with their row group");
  tree.add_count(2, stats.rows_by_page, "dropped with their page");
  tree.add_count(2, stats.rows_proven, "kept without a test");
  tree.add_count(2, stats.rows_tested, "tested");
  tree.add(2, std::to_string(stats.rows_kept) + " kept");
  tree.add(1, of.reads == 0 && of.bytes > 0
                  ? count_of(of.bytes, "byte") + " mapped, none copied"
                  : std::to_string(of.bytes_read) + " of " + count_of(of.bytes, "byte") +
                        " read in " + count_of(of.reads, "request"));
  tree.add(1, "time: " + millis(stats.plan_seconds) + " to plan, " + millis(stats.filter_seconds) +
                  " to filter, " + millis(stats.read_seconds) + " to read");
  tree.print(run);
}

}  // namespace

std::shared_ptr<veneer::Input> counted(std::shared_ptr<veneer::Input> input,
                                       std::shared_ptr<ReadCounter> counter) {
  return std::make_shared<CountedInput>(std::move(input), std::move(counter));
}

void count_reads(Run* run, Explanation* explanation) {
  if (run->reads != nullptr) {
    explanation->bytes_read = run->reads->bytes.exchange(0);
    explanation->reads = run->reads->reads.exchange(0);
  }
  if (run->client) {
    const veneer::S3Counters counters = run->client.counters();
    explanation->bytes_read += counters.body_bytes;
    explanation->reads += counters.requests();
  }
}

void explain_file(Run* run, const veneer::File& file, const veneer::FilterStats& stats) {
  Explanation explanation;
  explanation.name = file.name();
  explanation.stats = stats;
  explanation.bytes = file.size();
  count_reads(run, &explanation);
  print_explanation(run, explanation);
}

void print_explanation(Run* run, const Explanation& explanation) {
  const std::optional<std::string_view> format = run->options().value("format");
  if (format == "json" || format == "jsonl") {
    write_json(run, explanation);
  } else {
    write_tree(run, explanation);
  }
}

}  // namespace cli
