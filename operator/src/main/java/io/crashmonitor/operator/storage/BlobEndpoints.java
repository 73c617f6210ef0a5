package io.crashmonitor.operator.storage;

import io.crashmonitor.api.AzureBlobStorage;
import io.crashmonitor.api.AzureCloud;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Which address belongs to an account: built from account and cloud, or the one the operator's
 * owner allowed for that account. What a Secret says is only compared: a user of a session cannot
 * make the operator call an address of their choice.
 *
 * @param allowed endpoints by account; https, or http on a loopback address
 */
public record BlobEndpoints(Map<String, URI> allowed) {

  public BlobEndpoints {
    allowed = Map.copyOf(allowed);
  }

  /**
   * Reads {@code account=https://…} separated by commas.
   *
   * @throws IllegalArgumentException when an entry is not of the form
   */
  public static BlobEndpoints parse(String text) {
    Map<String, URI> allowed = new LinkedHashMap<>();
    for (String entry : text.split(",")) {
      if (entry.isBlank()) {
        continue;
      }
      int equals = entry.indexOf('=');
      String account = equals < 0 ? "" : entry.substring(0, equals).strip();
      if (!account.matches("[a-z0-9]{3,24}")) {
        throw new IllegalArgumentException("'" + entry.strip() + "' is not account=https://…");
      }
      allowed.put(account, endpoint(entry.substring(equals + 1).strip()));
    }
    return new BlobEndpoints(allowed);
  }

  /**
   * The account's address.
   *
   * @throws StorageFaultException when the Secret is for another account or another address
   */
  public URI resolve(AzureBlobStorage storage, ConnectionString secret) {
    if (!secret.account().equals(storage.account())) {
      throw new StorageFaultException(
          new StorageFault.SecretInvalid(
              "the Secret's connectionString is for another account than spec.storage names ("
                  + storage.account()
                  + ")"));
    }
    URI own = allowed.getOrDefault(storage.account(), cloudEndpoint(storage));
    Optional<String> named = secret.blobEndpoint();
    if (named.isPresent() && !normal(named.get()).equals(normal(own.toString()))) {
      throw new StorageFaultException(new StorageFault.EndpointNotAllowed(storage.account()));
    }
    return own;
  }

  /** Whether links must insist on HTTPS: always but for the loopback endpoint of a test bed. */
  public static boolean httpsOnly(URI endpoint) {
    return !"http".equals(endpoint.getScheme());
  }

  private static URI cloudEndpoint(AzureBlobStorage storage) {
    return URI.create("https://" + storage.account() + ".blob." + suffix(storage.cloud()));
  }

  private static String suffix(AzureCloud cloud) {
    return switch (cloud) {
      case Public -> "core.windows.net";
      case USGov -> "core.usgovcloudapi.net";
      case China -> "core.chinacloudapi.cn";
    };
  }

  private static URI endpoint(String text) {
    URI uri = URI.create(text);
    boolean https = "https".equals(uri.getScheme());
    boolean loopback =
        "http".equals(uri.getScheme())
            && uri.getHost() != null
            && uri.getHost().matches("127\\.[0-9.]+|localhost|\\[::1]");
    if (uri.getHost() == null
        || uri.getRawUserInfo() != null
        || uri.getRawQuery() != null
        || uri.getRawFragment() != null
        || !(https || loopback)) {
      throw new IllegalArgumentException(
          "'" + text + "' is not an https:// address (http:// only on a loopback address)");
    }
    return uri;
  }

  private static String normal(String endpoint) {
    String lower = endpoint.toLowerCase(Locale.ROOT);
    return lower.endsWith("/") ? lower.substring(0, lower.length() - 1) : lower;
  }
}
