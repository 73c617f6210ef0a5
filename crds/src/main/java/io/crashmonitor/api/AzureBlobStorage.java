package io.crashmonitor.api;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;

/** A blob container; the endpoint is built from account and cloud, never taken from a user. */
public record AzureBlobStorage(
    @JsonPropertyDescription("Name of the storage account: a name, never a URL.")
        @Required
        @Pattern("^[a-z0-9]{3,24}$")
        String account,
    @JsonPropertyDescription("The Azure cloud the account lives in. Default Public.")
        @Default("Public")
        AzureCloud cloud,
    @JsonPropertyDescription("Name of the blob container; created where it is missing.")
        @Required
        @Pattern("^[a-z0-9](-?[a-z0-9])+$")
        @Size(min = 3, max = 63)
        String container,
    @JsonPropertyDescription("Put before every blob name, such as team-a/. Default: nothing.")
        @Pattern("^([A-Za-z0-9_-][A-Za-z0-9._-]*/)*$")
        @Size(max = 128)
        String prefix,
    @JsonPropertyDescription("How the operator signs in to the account.") @Required
        StorageAuth auth) {
  public AzureBlobStorage {
    cloud = cloud == null ? AzureCloud.Public : cloud;
    prefix = prefix == null ? "" : prefix;
  }
}
