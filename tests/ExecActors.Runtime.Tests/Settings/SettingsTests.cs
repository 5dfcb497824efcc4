using Akka.Configuration;
using Akka.Configuration.Hocon;

using ExecActors.Runtime.Settings;

namespace ExecActors.Runtime.Tests.Settings;

public sealed class SettingsTests
{
    /// <summary>Keys that only Akka reads.</summary>
    private static readonly string[] s_dispatcher =
    [
        .. from dispatcher in new[] { "io", "starts", "output", "names" }
           from key in new[] { "type", "executor", "throughput" }
           select $"execactors.blocking-{dispatcher}.{key}",
    ];

    public static TheoryData<string> Keys => [.. Leaves(ExecServerSettings.BuiltIn)];

    [Fact]
    public void Every_setting_has_a_key_and_every_key_a_setting()
    {
        var settings = typeof(ExecServerSettings).GetProperties()
            .Where(group => string.Equals(group.PropertyType.Namespace, typeof(ExecServerSettings).Namespace, StringComparison.Ordinal))
            .SelectMany(group => group.PropertyType.GetProperties().Select(setting => $"execactors.{Kebab(group.Name)}.{Kebab(setting.Name)}"));

        Assert.Equal(
            settings.Order(StringComparer.Ordinal),
            Leaves(ExecServerSettings.BuiltIn).Select(key => key.Replace("keepalive", "keep-alive", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Keys))]
    public void A_bad_value_is_refused_with_the_full_path_of_its_key(string key)
    {
        var refused = Assert.Throws<SettingsException>(() => ExecServerSettings.From(ExecServerSettings.Overlay($"{key} = nonsense", "the test")));

        Assert.StartsWith($"`{key}` is `nonsense`; it must be ", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Keys))]
    public void A_group_in_the_place_of_a_value_is_refused_with_the_full_path(string key)
    {
        var refused = Assert.Throws<SettingsException>(() => ExecServerSettings.Overlay($"{key} {{ a = 1 }}", "the file"));

        Assert.Equal($"the file: `{key}` is a single value, found a group of keys", refused.Message);
    }

    [Fact]
    public void One_client_keeps_open_no_more_than_a_share_of_what_the_server_may()
    {
        var settings = ExecServerSettings.From(ExecServerSettings.BuiltIn);

        Assert.Equal(settings, settings.Within(20_000));
        var few = settings.Within(1024);
        Assert.Equal(
            (512, 341, 256, 128, 64, 64, 16, 32, 32),
            (few.Limits.ConnectionsPerPrincipal, few.Limits.Handshakes, few.Limits.Strangers, few.Limits.StrangersPerAddress, few.Limits.ProcessesPerSession, few.Limits.FileHandlesPerConnection, few.Limits.WatchesPerConnection, few.Http.RequestsPerConnection, few.Http.StreamsPerConnection));
        Assert.Equal(1, settings.Within(8).Limits.ProcessesPerSession);
    }

    [Fact]
    public void Watches_leave_some_of_what_the_user_may_watch_to_other_programs()
    {
        var settings = ExecServerSettings.From(ExecServerSettings.BuiltIn);

        Assert.Equal(settings, settings.WithinWatches(null));
        Assert.Equal(settings, settings.WithinWatches(1_000_000));
        var few = settings.WithinWatches(8192).Limits;
        Assert.Equal((6144, 4096), (few.WatchedDirectoriesOfServer, few.WatchedDirectoriesPerPrincipal));
    }

    [Theory]
    [InlineData("execactors.limits.conections = 1", "the file: unknown key `execactors.limits.conections`; known here: ")]
    [InlineData("execactors.nothing { a = 1 }", "the file: unknown key `execactors.nothing`; known here: ")]
    [InlineData("exec-actors.limits.connections = 1", "the file: unknown key `exec-actors`; keys start with `execactors.` or `akka.`")]
    [InlineData("execactors.limits = 5", "the file: `execactors.limits` is a group of keys, found the value `5`")]
    [InlineData("execactors.limits.connections = ${nothing}", "the file is no valid HOCON: ")]
    public void What_is_not_a_setting_is_refused(string hocon, string message)
    {
        var refused = Assert.Throws<SettingsException>(() => ExecServerSettings.Overlay(hocon, "the file"));

        Assert.StartsWith(message, refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("execactors.limits.connections = 0", "`execactors.limits.connections` is `0`; it must be a whole number from 1 to 1000000")]
    [InlineData("execactors.limits.connections = 1.5", "`execactors.limits.connections` is `1.5`; it must be a whole number from 1 to 1000000")]
    [InlineData("execactors.lifetime.containment = cgroups", "`execactors.lifetime.containment` is `cgroups`; it must be one of off, auto, cgroup, subreaper")]
    [InlineData("execactors.lifetime.guardian = maybe", "`execactors.lifetime.guardian` is `maybe`; it must be true or false")]
    [InlineData("execactors.session.retention = 80", "`execactors.session.retention` is `80`; it must be a duration with a unit of ms, s, m or h, from 0s to 604800s")]
    [InlineData("execactors.session.retention = -1s", "`execactors.session.retention` is `-1s`; it must be a duration with a unit of ms, s, m or h, from 0s to 604800s")]
    [InlineData("execactors.process.ring-bytes = 1KiB", "`execactors.process.ring-bytes` is `1KiB`; it must be a size with a unit of B, KiB, MiB or GiB, from 65536 to 67108864 bytes")]
    [InlineData("execactors.process.ring-bytes = 4096MB", "`execactors.process.ring-bytes` is `4096MB`; it must be a size with a unit of B, KiB, MiB or GiB, from 65536 to 67108864 bytes")]
    [InlineData("execactors.process.ring-bytes = 999999999999GiB", "`execactors.process.ring-bytes` is `999999999999GiB`; it must be a size with a unit of B, KiB, MiB or GiB, from 65536 to 67108864 bytes")]
    [InlineData("execactors.process.ring-bytes = [1, 2]", "`execactors.process.ring-bytes` has no single value; give one or leave the key out")]
    public void A_value_of_the_wrong_kind_or_out_of_range_is_refused(string hocon, string message)
    {
        Assert.Equal(message, Assert.Throws<SettingsException>(() => ExecServerSettings.From(ExecServerSettings.Overlay(hocon, "the test"))).Message);
    }

    [Fact]
    public void An_overlay_changes_what_it_names_and_nothing_else()
    {
        var builtIn = ExecServerSettings.From(ExecServerSettings.BuiltIn);

        var settings = ExecServerSettings.From(ExecServerSettings.Overlay(
            """
            execactors { session.retention = 1.5m, process.ring-bytes = "2 MiB" }
            akka.loglevel = DEBUG
            """,
            "the test"));

        Assert.Equal(
            builtIn with
            {
                Session = builtIn.Session with { Retention = TimeSpan.FromSeconds(90) },
                Process = builtIn.Process with { RingBytes = 2 << 20 },
            },
            settings);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(" \n ")]
    public void Nothing_changes_nothing(string? hocon) => Assert.Same(ExecServerSettings.BuiltIn, ExecServerSettings.Overlay(hocon, "the test"));

    [Fact]
    public void The_dispatcher_takes_keys_of_Akka()
    {
        var config = ExecServerSettings.Overlay("execactors.blocking-io.throughput-deadline-time = 3s", "the test");

        Assert.Equal(4, ExecServerSettings.From(config).BlockingIo.Threads);
    }

    private static IEnumerable<string> Leaves(Config config) =>
        Leaves("execactors", config.GetValue("execactors")).Except(s_dispatcher, StringComparer.Ordinal);

    private static IEnumerable<string> Leaves(string path, HoconValue value) => value.IsObject()
        ? value.GetObject().Items.SelectMany(item => Leaves($"{path}.{item.Key}", item.Value))
        : [path];

    private static string Kebab(string name) =>
        string.Concat(name.Select((c, place) => char.IsUpper(c) ? (place == 0 ? "" : "-") + char.ToLowerInvariant(c) : c.ToString()));
}
