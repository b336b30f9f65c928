// The veneer command: picks the subcommand, prints help and versions.
#include <cerrno>
#include <cstring>

#include "command.h"
#include "remote.h"
#include "veneer/version.h"

namespace cli {

const OptionSpec kColorOption{"color", '\0', "WHEN", "colours: auto (on a terminal), always, never",
                              "auto|always|never"};
const OptionSpec kHelpOption{"help", 'h', "", "print this help"};
const OptionSpec kNoChecksumOption{"no-checksum", '\0', "", "do not verify the pages' checksums"};
const OptionSpec kThreadsOption{"threads", '\0', "N",
                                "threads that decode; 0 is one a processor (default 1)"};
const OptionSpec kReportFormatOption{"format", '\0', "FORMAT",
                                     "table (the default), json (one object a line) or csv",
                                     "table|json|jsonl|csv"};

std::span<const Command* const> commands() {
  static constexpr const Command* kCommands[] = {
      &kSchemaCommand, &kInfoCommand,       &kColumnsCommand, &kPagesCommand,
      &kCatCommand,    &kHeadCommand,       &kTailCommand,    &kCountCommand,
      &kVerifyCommand, &kDictionaryCommand, &kLsCommand,      &kScanCommand};
  return kCommands;
}

namespace {

void print_help(Out& out) {
  out.append(
      "veneer reads Parquet files.\n\n"
      "Usage: veneer COMMAND [OPTION]... FILE...\n\nCommands:\n");
  for (const Command* command : commands()) {
    out.append("  ");
    out.append(command->name);
    out.fill(' ', 12 - command->name.size());
    out.append(command->summary);
    out.put('\n');
  }
  out.append(
      "\n  veneer COMMAND --help   the options of a command\n"
      "  veneer --version        the version, and the codecs that were built in\n\n"
      "A FILE is a path, s3://BUCKET/KEY, an https:// URL, or - for standard input.\n"
      "Exit status: 0 if all that was asked for was delivered, 1 for bad or unreadable data,\n"
      "2 for wrong use.\n");
}

void print_options(Out& out, std::span<const OptionSpec* const> options) {
  for (const OptionSpec* option : options) {
    std::string text = "  ";
    if (option->letter != '\0') {
      text += '-';
      text += option->letter;
      text += ", ";
    }
    text += "--";
    text += option->name;
    if (!option->argument.empty()) {
      text += '=';
      text += option->argument;
    }
    out.append(text);
    out.fill(' ', text.size() < 22 ? 24 - text.size() : 2);
    out.append(option->help);
    out.put('\n');
  }
}

void print_help(Out& out, const Command& command) {
  out.append("Usage: veneer ");
  out.append(command.name);
  out.append(" [OPTION]... ");
  out.append(command.operands);
  out.append("\n\n");
  out.append(command.summary);
  out.append(".\n\nOptions:\n");
  print_options(out, command.options);
  out.append("\nOptions for s3:// and https://:\n");
  print_options(out, remote_options());
  if (!command.details.empty()) {
    out.put('\n');
    out.append(command.details);
  }
}

void print_version(Out& out) {
  out.append("veneer ");
  out.append(veneer::version());
  out.append("\ncodecs:");
  for (uint8_t i = 0; i <= 7; ++i) {
    veneer::Codec codec = static_cast<veneer::Codec>(i);
    if (!veneer::codec_built(codec)) continue;
    out.put(' ');
    out.append(veneer::to_string(codec));
  }
  out.put('\n');
}

/// The status to end with, once output is through.
int finish(Run* run) {
  run->end_progress();
  run->out().flush();
  int error = run->out().error();
  // Whoever reads has had enough: no failure of ours. (Where SIGPIPE is not ignored, it has ended
  // us already, as it does cat.)
  if (error == EPIPE) return run->exit_status();
  if (error != 0) run->fail("standard output", "io", std::strerror(error));
  return run->exit_status();
}

int main_of(std::span<const char* const> arguments) {
  Out out(1);
  if (arguments.empty()) {
    Options none;
    Run run("veneer", &none, &out);
    Out error(2);
    print_help(error);
    error.flush();
    return kWrongUse;
  }
  std::string_view name = arguments[0];
  bool help = name == "--help" || name == "-h" || name == "help";
  const Command* chosen = nullptr;
  std::string_view wanted = help && arguments.size() > 1 ? std::string_view(arguments[1]) : name;
  for (const Command* command : commands()) {
    if (command->name == wanted) chosen = command;
  }
  Options options;
  Run run(chosen == nullptr ? "veneer" : chosen->name, &options, &out);
  if (help && (chosen != nullptr || arguments.size() == 1)) {
    chosen == nullptr ? print_help(out) : print_help(out, *chosen);
    return finish(&run);
  }
  if (name == "--version" || name == "-V") {
    print_version(out);
    return finish(&run);
  }
  if (chosen == nullptr) {
    std::vector<std::string> names;
    for (const Command* command : commands()) names.emplace_back(command->name);
    std::string guess = nearest(wanted, names);
    std::string what = "no command '" + std::string(wanted) + "'";
    if (!guess.empty()) what += "; did you mean '" + guess + "'?";
    run.note(what + " (see veneer --help)");
    return kWrongUse;
  }
  std::vector<const OptionSpec*> specs(chosen->options.begin(), chosen->options.end());
  specs.insert(specs.end(), remote_options().begin(), remote_options().end());
  bool parsed = options.parse(specs, arguments.subspan(1));
  if (options.has("help")) {
    print_help(out, *chosen);
    return finish(&run);
  }
  if (!parsed) {
    run.wrong_use(options.error() + " (see veneer " + std::string(chosen->name) + " --help)");
    return kWrongUse;
  }
  Run command(chosen->name, &options, &out);
  size_t needed = chosen->operands.find(' ') == std::string_view::npos ? 1 : 2;
  if (options.operands().size() < needed) {
    command.wrong_use("no file was named (see veneer " + std::string(chosen->name) + " --help)");
    return kWrongUse;
  }
  chosen->run(&command);
  return finish(&command);
}

}  // namespace
}  // namespace cli

int main(int argc, char** argv) {
  size_t count = argc > 1 ? static_cast<size_t>(argc) - 1 : 0;
  return cli::main_of({argv + 1, count});
}
