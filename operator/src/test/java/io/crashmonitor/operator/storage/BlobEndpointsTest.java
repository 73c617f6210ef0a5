package io.crashmonitor.operator.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.crashmonitor.api.AzureBlobStorage;
import io.crashmonitor.api.AzureCloud;
import java.net.URI;
import java.util.Map;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BlobEndpointsTest {
  private static final BlobEndpoints NONE = new BlobEndpoints(Map.of());
  private static final String KEY = "AccountKey=c2VjcmV0;";

  private static AzureBlobStorage storage(AzureCloud cloud) {
    return new AzureBlobStorage("shopdumps", cloud, "dumps", "", null);
  }

  private static URI resolve(BlobEndpoints endpoints, String connectionString) {
    return endpoints.resolve(storage(AzureCloud.Public), ConnectionString.parse(connectionString));
  }

  @ParameterizedTest
  @CsvSource({
    "Public,https://shopdumps.blob.core.windows.net",
    "USGov,https://shopdumps.blob.core.usgovcloudapi.net",
    "China,https://shopdumps.blob.core.chinacloudapi.cn",
  })
  void theAddressIsBuiltFromAccountAndCloud(AzureCloud cloud, String address) {
    ConnectionString secret = ConnectionString.parse("AccountName=shopdumps;" + KEY);

    assertThat(NONE.resolve(storage(cloud), secret)).hasToString(address);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://169.254.169.254/metadata",
        "https://attacker.example",
        "http://shopdumps.blob.core.windows.net",
        "https://shopdumps.blob.core.windows.net.attacker.example",
        "https://shopdumps.blob.core.windows.net@attacker.example",
        "https://other.blob.core.windows.net",
        "file:///etc/passwd",
      })
  void anAddressInTheSecretIsNeverCalledOnItsWord(String address) {
    assertThatThrownBy(
            () -> resolve(NONE, "AccountName=shopdumps;" + KEY + "BlobEndpoint=" + address))
        .asInstanceOf(InstanceOfAssertFactories.type(StorageFaultException.class))
        .extracting(StorageFaultException::fault)
        .isEqualTo(new StorageFault.EndpointNotAllowed("shopdumps"));
  }

  @Test
  void theSuffixInTheSecretDoesNotChangeTheAddress() {
    assertThat(resolve(NONE, "AccountName=shopdumps;" + KEY + "EndpointSuffix=attacker.example"))
        .hasToString("https://shopdumps.blob.core.windows.net");
  }

  @Test
  void azuresOwnAddressMayBeNamed() {
    String named = "BlobEndpoint=https://ShopDumps.blob.core.windows.net/";

    assertThat(resolve(NONE, "AccountName=shopdumps;" + KEY + named))
        .hasToString("https://shopdumps.blob.core.windows.net");
  }

  @Test
  void anAllowedAddressIsForItsAccountAlone() {
    BlobEndpoints allowed = BlobEndpoints.parse("shopdumps=http://127.0.0.1:10000/shopdumps");

    assertThat(resolve(allowed, "AccountName=shopdumps;" + KEY))
        .hasToString("http://127.0.0.1:10000/shopdumps");
    assertThatThrownBy(
            () ->
                allowed.resolve(
                    new AzureBlobStorage("other", null, "dumps", "", null),
                    ConnectionString.parse(
                        "AccountName=other;"
                            + KEY
                            + "BlobEndpoint=http://127.0.0.1:10000/shopdumps")))
        .isInstanceOf(StorageFaultException.class);
  }

  @Test
  void aSecretForAnotherAccountIsInvalid() {
    assertThatThrownBy(() -> resolve(NONE, "AccountName=other;" + KEY))
        .isInstanceOf(StorageFaultException.class)
        .hasMessageContaining("shopdumps");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "shopdumps=http://storage.example",
        "shopdumps=http://10.0.0.1",
        "shopdumps=ftp://127.0.0.1",
        "shopdumps=https://user:password@storage.example",
        "shopdumps=https://storage.example?sig=1",
        "shopdumps",
        "Shop=https://storage.example",
      })
  void onlyHttpsOrLoopbackCanBeAllowed(String text) {
    assertThatThrownBy(() -> BlobEndpoints.parse(text))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''                                        | no AccountName",
        "AccountKey=c2VjcmV0                       | no AccountName",
        "AccountName=shopdumps                     | no AccountKey",
        "AccountName=shopdumps;AccountKey=s3cr_t!  | not base64",
        "shopdumps;c2VjcmV0                        | not key=value",
        "AccountName=shopdumps;SharedAccessSignature=sig | no AccountKey",
      })
  void aConnectionStringThatCannotBeUsedSaysWhyWithoutItsText(String text, String why) {
    assertThatThrownBy(() -> ConnectionString.parse(text))
        .isInstanceOf(StorageFaultException.class)
        .hasMessageContaining(why)
        .hasMessageNotContaining("c2VjcmV0")
        .hasMessageNotContaining("s3cr");
  }

  @Test
  void aConnectionStringIsNeverPrintedWithItsKey() {
    assertThat(ConnectionString.parse("AccountName=shopdumps;" + KEY).toString())
        .doesNotContain("c2VjcmV0");
  }
}
