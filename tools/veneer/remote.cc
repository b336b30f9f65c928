#include "remote.h"

#include <sys/stat.h>

#include "veneer/s3.h"

namespace cli {

namespace {

constexpr OptionSpec kEndpointOption{"endpoint", '\0', "URL",
                                     "the server that s3:// means (default: AWS's)"};
constexpr OptionSpec kRegionOption{"region", '\0', "NAME", "its region"};
constexpr OptionSpec kProfileOption{"profile", '\0', "NAME", "the profile of ~/.aws to use"};
constexpr OptionSpec kAnonymousOption{"anonymous", '\0', "", "do not sign requests"};
constexpr OptionSpec kAddressingOption{"addressing", '\0', "STYLE",
                                       "buckets as path or virtual host (default auto)",
                                       "auto|path|virtual"};
constexpr OptionSpec kRequesterPaysOption{"requester-pays", '\0', "", "pay for the requests"};
constexpr OptionSpec kCaBundleOption{"ca-bundle", '\0', "FILE", "certificates to trust"};
constexpr const OptionSpec* kRemoteOptions[] = {
    &kEndpointOption,   &kRegionOption,        &kProfileOption, &kAnonymousOption,
    &kAddressingOption, &kRequesterPaysOption, &kCaBundleOption};

bool is_http(std::string_view text) {
  return text.starts_with("http://") || text.starts_with("https://");
}

/// The one client of the run, made when it is first needed.
veneer::Result<veneer::S3Client> client_of(Run* run) {
  if (run->client) return run->client;
  const Options& given = run->options();
  auto text = [&](std::string_view name) { return std::string(given.value(name).value_or("")); };
  veneer::S3Options options;
  options.endpoint = text("endpoint");
  options.region = text("region");
  options.profile = text("profile");
  options.ca_bundle = text("ca-bundle");
  options.anonymous = given.has("anonymous");
  options.requester_pays = given.has("requester-pays");
  if (given.value("addressing") == "path") options.addressing = veneer::S3Addressing::path;
  if (given.value("addressing") == "virtual") {
    options.addressing = veneer::S3Addressing::virtual_hosted;
  }
  veneer::Result<veneer::S3Client> made = veneer::S3Client::create(std::move(options));
  if (!made) return made.status();
  run->client = *made;
  return run->client;
}

/// Column chunks in other objects are opened beside the object that names them, never elsewhere.
veneer::FileResolver resolver_beside(const veneer::S3Client& client, const veneer::S3Url& url) {
  std::string folder = url.key.substr(0, url.key.rfind('/') + 1);
  return [client, bucket = url.bucket,
          folder](std::string_view name) -> veneer::Result<std::shared_ptr<veneer::Input>> {
    if (!is_inside_folder(name)) return outside_of_folder(name);
    return client.open(bucket, folder + std::string(name));
  };
}

}  // namespace

std::span<const OptionSpec* const> remote_options() { return kRemoteOptions; }

std::string shown_name(std::string_view operand) {
  if (is_http(operand)) operand = operand.substr(0, operand.find_first_of("?#"));
  return std::string(operand);
}

veneer::Result<veneer::File> open_remote_file(Run* run, const std::string& url) {
  veneer::Result<veneer::S3Client> client = client_of(run);
  if (!client) return client.status();
  veneer::OpenOptions options;
  veneer::Result<std::shared_ptr<veneer::Input>> input(nullptr);
  if (is_http(url)) {
    input = client->open_url(url);
  } else {
    veneer::Result<veneer::S3Url> parts = veneer::parse_s3_url(url);
    if (!parts) return parts.status();
    if (parts->key.empty() || parts->key.back() == '/') {
      return veneer::Status::invalid_argument(
          "names no object; veneer ls lists what is below it, veneer scan reads that");
    }
    options.resolver = resolver_beside(*client, *parts);
    input = client->open(parts->bucket, parts->key);
  }
  if (!input) return input.status();
  return veneer::File::open(*std::move(input), std::move(options));
}

veneer::Result<std::unique_ptr<veneer::Lister>> open_lister(Run* run,
                                                            std::span<const std::string> operands) {
  for (const std::string& operand : operands) {
    if (operands.size() > 1 && veneer::is_remote_url(operand)) {
      return veneer::Status::invalid_argument("of remote locations one can be named at a time");
    }
    // What the shell makes of trips/year=*: the directories' names would be those of files.
    struct stat facts = {};
    if (operands.size() > 1 && stat(operand.c_str(), &facts) == 0 && S_ISDIR(facts.st_mode)) {
      return veneer::Status::invalid_argument(
          operand + " is a directory: one can be named, or a glob in quotes, or several files");
    }
  }
  if (operands.size() > 1) return veneer::list_files({operands.begin(), operands.end()});
  const std::string& location = operands[0];
  if (!veneer::is_remote_url(location)) return veneer::list_glob(location);
  veneer::Result<veneer::S3Client> client = client_of(run);
  if (!client) return client.status();
  if (is_http(location)) return client->list_url(location);
  veneer::Result<veneer::S3Url> parts = veneer::parse_s3_url(location);
  if (!parts) return parts.status();
  return client->list(parts->bucket, parts->key);
}

bool lies_anything(Run* run, std::span<const std::string> operands) {
  veneer::Result<std::unique_ptr<veneer::Lister>> lister = open_lister(run, operands);
  std::vector<veneer::ObjectInfo> page;
  for (bool more = lister.ok(); more && page.empty();) {
    veneer::Result<bool> listed = (*lister)->next(&page);
    more = listed.ok() && *listed;
  }
  return !page.empty();
}

}  // namespace cli
