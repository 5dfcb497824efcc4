using System.Globalization;
using System.Text;

namespace ExecActors.Protocol.Tests.Process;

public sealed class ProcessStartParamsTests
{
    private const string Rest = "\"processId\":\"q\",\"argv\":[\"/bin/true\"],\"cwd\":\"file:///tmp\",\"env\":{},\"tty\":false";

    private const string Proxy =
        "\"enableSocks5\":false,\"enableSocks5Udp\":false,\"allowUpstreamProxy\":false,\"dangerouslyAllowAllUnixSockets\":false,\"mode\":\"full\",\"allowLocalBinding\":false";

    [Fact]
    public void All_members_are_read()
    {
        var start = Accepted(
            """
            {"processId":"p","argv":["a","","é"],"cwd":"file:///tmp/../etc/","env":{"A":"1","B":""},"tty":true,"pipeStdin":true,"arg0":"me",
             "envPolicy":{"inherit":"core","ignoreDefaultExcludes":true,"exclude":["X*"],"set":{"S":"2"},"includeOnly":["S"]},
             "enforceManagedNetwork":true,"metadata":{"threadId":"67e55044-10b1-426f-9247-bb680e5fe0c8","toolCallId":"t","x":1},
             "size":{"rows":1},"sandbox":null}
            """);

        Assert.Equal(("p", true, true, "me", true), (start.ProcessId, start.Tty, start.PipeStdin, start.Arg0, start.EnforceManagedNetwork));
        Assert.Equal(["a", "", "é"], start.Argv);
        Assert.Equal("/etc", Wire.Text(start.NativeCwd));
        Assert.Equal(Env(("A", "1"), ("B", "")), start.Env);
        Assert.Equal((EnvInherit.Core, true), (start.EnvPolicy!.Inherit, start.EnvPolicy.IgnoreDefaultExcludes));
        Assert.Equal(["X*"], start.EnvPolicy.Exclude);
        Assert.Equal(["S"], start.EnvPolicy.IncludeOnly);
        Assert.Equal("2", start.EnvPolicy.Set["S"]);
        Assert.Equal(new ProcessMetadata("67e55044-10b1-426f-9247-bb680e5fe0c8", "t"), start.Metadata);
        Assert.Null(start.Sandbox);
        Assert.False(start.HasManagedNetwork || start.HasNetworkProxy || start.HasCredentialProviders || start.HasShellSnapshot);
    }

    [Theory]
    [InlineData("null", null, null)]
    [InlineData("{}", null, null)]
    [InlineData("{\"ringBytes\":null,\"x\":[1],\"spillBytes\":9223372036854775807}", null, long.MaxValue)]
    [InlineData("{\"ringBytes\":65536,\"spillBytes\":0}", 65536L, 0L)]
    public void How_much_output_is_kept_may_be_said(string json, long? ringBytes, long? spillBytes)
    {
        var start = Accepted($"{{{Rest},\"outputRetention\":{json}}}");

        Assert.Equal((ringBytes, spillBytes), (start.OutputRetention?.RingBytes, start.OutputRetention?.SpillBytes));
    }

    [Theory]
    [InlineData("5", "invalid type: number, expected struct OutputRetention")]
    [InlineData("{\"ringBytes\":-1}", "invalid number")]
    [InlineData("{\"spillBytes\":\"1\"}", "invalid type: string \"1\", expected u64")]
    public void How_much_output_is_kept_is_said_in_whole_numbers(string json, string message) =>
        Assert.Equal(message, Refusal($"{{{Rest},\"outputRetention\":{json}}}"));

    [Fact]
    public void Absent_members_have_their_defaults()
    {
        var start = Accepted($"{{{Rest}}}");

        Assert.Equal((false, null, null, false, null), (start.PipeStdin, start.Arg0, start.EnvPolicy, start.EnforceManagedNetwork, start.Metadata));
        Assert.Equal((null, "/tmp"), (start.Sandbox, Wire.Text(start.NativeCwd)));
    }

    [Theory]
    [InlineData("\"sandbox\":{\"permissions\":{\"type\":\"disabled\"},\"windowsSandboxLevel\":\"disabled\",\"x\":1}")]
    [InlineData("\"managedNetwork\":{}")]
    [InlineData("\"managedNetwork\":{\"loopbackPorts\":[0,65535],\"allowLocalBinding\":true,\"x\":{}}")]
    [InlineData("\"managedNetwork\":{\"transparentTcp\":true}")]
    [InlineData($"\"networkProxy\":{{\"proxy\":{{\"enabled\":true,{Proxy},\"x\":[]}},\"y\":1}}")]
    [InlineData($"\"networkProxy\":{{\"proxy\":{{\"enabled\":true,{Proxy},\"transparentTcp\":true}}}}")]
    [InlineData($"\"networkProxy\":{{\"environmentId\":null,\"executionId\":\"e\",\"policyDecisionTimeoutMs\":5,\"auditMetadata\":{{}},\"proxy\":{{{Proxy},\"enabled\":true}}}}")]
    [InlineData("\"credentialProviders\":[{}]")]
    [InlineData("\"credentialProviders\":{\"a\":[1,[2]]}")]
    [InlineData("\"credentialProviders\":5")]
    [InlineData("\"shellSnapshot\":{\"scopeId\":\"a\",\"shell\":{\"name\":\"sh\",\"path\":\"/bin/sh\",\"x\":1}}")]
    public void The_presence_of_what_is_not_served_is_seen(string member)
    {
        var start = Accepted($"{{{Rest},{member},\"arg0\":\"read on\"}}");

        var present = new[] { start.Sandbox is not null, start.HasManagedNetwork, start.HasNetworkProxy, start.HasCredentialProviders, start.HasShellSnapshot };
        Assert.Single(present, seen => seen);
        Assert.Equal("read on", start.Arg0);
    }

    [Theory]
    [InlineData("\"sandbox\":null,\"managedNetwork\":null,\"networkProxy\":null,\"credentialProviders\":null,\"shellSnapshot\":null")]
    [InlineData("\"credentialProviders\":[]")]
    [InlineData("\"credentialProviders\":{}")]
    [InlineData("\"metadata\":null,\"envPolicy\":null,\"arg0\":null")]
    public void Null_and_empty_lists_are_absence(string member)
    {
        var start = Accepted($"{{{Rest},{member}}}");

        Assert.Null(start.Sandbox);
        Assert.False(start.HasManagedNetwork || start.HasNetworkProxy || start.HasCredentialProviders || start.HasShellSnapshot);
    }

    [Theory]
    [InlineData("", "invalid type: null, expected struct WireExecParams")]
    [InlineData("[1]", "invalid type: sequence, expected struct WireExecParams")]
    [InlineData("{}", "missing field `processId`")]
    [InlineData("""{"zz":[[1,{"a":[]}]],"processId":"q"}""", "missing field `argv`")]
    [InlineData("""{"processId":"q","argv":["a"]}""", "missing field `cwd`")]
    [InlineData("""{"processId":"q","argv":["a"],"cwd":"file:///"}""", "missing field `env`")]
    [InlineData("""{"processId":"q","argv":["a"],"cwd":"file:///","env":{}}""", "missing field `tty`")]
    [InlineData("""{"tty":null,"argv":[1]}""", "invalid type: null, expected a boolean")]
    [InlineData("""{"argv":[1],"tty":null}""", "invalid type: number, expected a string")]
    [InlineData("""{"cwd":"tmp","tty":null}""", "invalid URI: relative URL without a base")]
    [InlineData("""{"tty":false,"cwd":"file://o/x"}""", "missing field `processId`")]
    [InlineData("""{"processId":"q","argv":[],"cwd":"file://o/tmp","env":{},"tty":false}""", "cwd URI `file://o/tmp` is not valid on this exec-server host: 'file://o/tmp' is invalid on 'linux'")]
    [InlineData("""{"processId":"q","argv":[],"cwd":"file:///tmp","env":{},"tty":false}""", "argv must not be empty")]
    public void The_first_wrong_member_is_named_then_the_first_missing_then_what_makes_no_sense(string json, string message) =>
        Assert.Equal(message, Refusal(json));

    [Theory]
    [InlineData("processId", "5", "invalid type: number, expected a string")]
    [InlineData("processId", "[]", "invalid type: sequence, expected a string")]
    [InlineData("argv", "5", "invalid type: number, expected a sequence")]
    [InlineData("argv", "\"x\"", "invalid type: string \"x\", expected a sequence")]
    [InlineData("argv", "null", "invalid type: null, expected a sequence")]
    [InlineData("argv", "{}", "invalid type: map, expected a sequence")]
    [InlineData("argv", "[\"a\",null]", "invalid type: null, expected a string")]
    [InlineData("argv", "[\"a\",[\"b\"]]", "invalid type: sequence, expected a string")]
    [InlineData("argv", "[\"a\",1.5]", "invalid type: number, expected a string")]
    [InlineData("cwd", "{}", "invalid type: map, expected a string")]
    [InlineData("env", "null", "invalid type: null, expected a map")]
    [InlineData("env", "[]", "invalid type: sequence, expected a map")]
    [InlineData("env", "{\"a\":1}", "invalid type: number, expected a string")]
    [InlineData("env", "{\"a\":null}", "invalid type: null, expected a string")]
    [InlineData("tty", "null", "invalid type: null, expected a boolean")]
    [InlineData("tty", "\"a long \\\"string\\\" \\n \\u00e9 \\ud83d\\ude00\\u0000\\u001b\\u2028\"", "invalid type: string \"a long \\\"string\\\" \\n é 😀\\0\\u{1b}\\u{2028}\", expected a boolean")]
    [InlineData("pipeStdin", "null", "invalid type: null, expected a boolean")]
    [InlineData("pipeStdin", "5", "invalid type: number, expected a boolean")]
    [InlineData("arg0", "true", "invalid type: boolean `true`, expected a string")]
    [InlineData("arg0", "false", "invalid type: boolean `false`, expected a string")]
    [InlineData("enforceManagedNetwork", "null", "invalid type: null, expected a boolean")]
    [InlineData("sandbox", "5", "invalid type: number, expected struct WireFileSystemSandboxContext")]
    [InlineData("sandbox", "{}", "missing field `permissions`")]
    [InlineData("sandbox", "{\"permissions\":{}}", "missing field `type`")]
    [InlineData("sandbox", "{\"permissions\":null}", "invalid type: null, expected internally tagged enum ExecPermissionProfile")]
    [InlineData("sandbox", "{\"permissions\":{\"type\":\"disabled\"}}", "missing field `windowsSandboxLevel`")]
    [InlineData("sandbox", "{\"permissions\":{\"type\":\"zz\"}}", "unknown variant `zz`, expected one of `managed`, `disabled`, `external`")]
    [InlineData("sandbox", "{\"windowsSandboxLevel\":\"zz\"}", "unknown variant `zz`, expected one of `disabled`, `restricted-token`, `elevated`, `mxc`")]
    [InlineData("managedNetwork", "\"x\"", "invalid type: string \"x\", expected struct ManagedNetworkSandboxContext")]
    [InlineData("managedNetwork", "{\"loopbackPorts\":5}", "invalid type: number, expected a sequence")]
    [InlineData("managedNetwork", "{\"loopbackPorts\":[\"a\"]}", "invalid type: string \"a\", expected u16")]
    [InlineData("managedNetwork", "{\"loopbackPorts\":[70000]}", "invalid number")]
    [InlineData("managedNetwork", "{\"loopbackPorts\":[-1]}", "invalid number")]
    [InlineData("managedNetwork", "{\"allowLocalBinding\":null}", "invalid type: null, expected a boolean")]
    [InlineData("managedNetwork", "{\"transparentTcp\":5}", "invalid type: number, expected a boolean")]
    [InlineData("networkProxy", "{\"proxy\":{\"transparentTcp\":5}}", "invalid type: number, expected a boolean")]
    [InlineData("networkProxy", "{}", "missing field `proxy`")]
    [InlineData("networkProxy", "{\"proxy\":null}", "invalid type: null, expected struct RemoteNetworkProxyConfig")]
    [InlineData("networkProxy", "{\"proxy\":{}}", "missing field `enabled`")]
    [InlineData("networkProxy", "{\"proxy\":{\"enabled\":false}}", "missing field `enableSocks5`")]
    [InlineData("networkProxy", "{\"proxy\":{\"enabled\":false,\"enableSocks5\":false}}", "missing field `enableSocks5Udp`")]
    [InlineData("networkProxy", "{\"proxy\":{\"enabled\":false,\"enableSocks5\":false,\"enableSocks5Udp\":false}}", "missing field `allowUpstreamProxy`")]
    [InlineData("networkProxy", "{\"proxy\":{\"enabled\":false,\"enableSocks5\":false,\"enableSocks5Udp\":false,\"allowUpstreamProxy\":false}}", "missing field `dangerouslyAllowAllUnixSockets`")]
    [InlineData("networkProxy", "{\"proxy\":{\"enabled\":false,\"enableSocks5\":false,\"enableSocks5Udp\":false,\"allowUpstreamProxy\":false,\"dangerouslyAllowAllUnixSockets\":false}}", "missing field `mode`")]
    [InlineData("networkProxy", "{\"proxy\":{\"enabled\":false,\"enableSocks5\":false,\"enableSocks5Udp\":false,\"allowUpstreamProxy\":false,\"dangerouslyAllowAllUnixSockets\":false,\"mode\":\"limited\"}}", "missing field `allowLocalBinding`")]
    [InlineData("networkProxy", "{\"proxy\":{\"enableSocks5\":null}}", "invalid type: null, expected a boolean")]
    [InlineData("networkProxy", "{\"proxy\":{\"mode\":5}}", "invalid type: number, expected string or map")]
    [InlineData("networkProxy", "{\"proxy\":{\"mode\":\"zz\"}}", "unknown variant `zz`, expected `limited` or `full`")]
    [InlineData("networkProxy", "{\"environmentId\":5}", "invalid type: number, expected a string")]
    [InlineData("networkProxy", "{\"auditMetadata\":null}", "invalid type: null, expected struct NetworkProxyAuditMetadata")]
    [InlineData("networkProxy", "{\"policyDecisionTimeoutMs\":-1}", "invalid number")]
    [InlineData("networkProxy", $"{{\"proxy\":{{\"enabled\":false,{Proxy}}}}}", "invalid network proxy config: executor-local network proxy launch requires an enabled proxy")]
    [InlineData("shellSnapshot", "{}", "missing field `scopeId`")]
    [InlineData("shellSnapshot", "{\"scopeId\":\"a\"}", "missing field `shell`")]
    [InlineData("shellSnapshot", "{\"scopeId\":\"a\",\"shell\":{\"path\":\"x\"}}", "missing field `name`")]
    [InlineData("shellSnapshot", "{\"scopeId\":\"a\",\"shell\":\"sh\"}", "invalid type: string \"sh\", expected struct ShellInfo")]
    [InlineData("metadata", "true", "invalid type: boolean `true`, expected struct ExecMetadata")]
    [InlineData("metadata", "{\"threadId\":5}", "invalid type: number, expected a string")]
    [InlineData("metadata", "{\"threadId\":\"x\"}", "invalid UUID in metadata.threadId: \"x\"")]
    [InlineData("metadata", "{\"threadId\":\"\"}", "invalid UUID in metadata.threadId: \"\"")]
    [InlineData("metadata", "{\"toolCallId\":5}", "invalid type: number, expected a string")]
    [InlineData("envPolicy", "\"x\"", "invalid type: string \"x\", expected struct ExecEnvPolicy")]
    [InlineData("envPolicy", "{}", "missing field `inherit`")]
    [InlineData("envPolicy", "{\"inherit\":\"all\"}", "missing field `ignoreDefaultExcludes`")]
    [InlineData("envPolicy", "{\"inherit\":\"some\"}", "unknown variant `some`, expected one of `core`, `all`, `none`")]
    [InlineData("envPolicy", "{\"inherit\":\"Core\"}", "unknown variant `Core`, expected one of `core`, `all`, `none`")]
    [InlineData("envPolicy", "{\"inherit\":5}", "invalid type: number, expected string or map")]
    [InlineData("envPolicy", "{\"includeOnly\":5,\"inherit\":\"x\"}", "invalid type: number, expected a sequence")]
    [InlineData("envPolicy", "{\"exclude\":[1]}", "invalid type: number, expected a string")]
    [InlineData("envPolicy", "{\"set\":[]}", "invalid type: sequence, expected a map")]
    [InlineData("envPolicy", "{\"inherit\":\"none\",\"ignoreDefaultExcludes\":false,\"exclude\":[],\"set\":{}}", "missing field `includeOnly`")]
    public void A_member_of_another_shape_is_refused(string member, string value, string message) =>
        Assert.Equal(message, Refusal($"{{\"{member}\":{value},{Rest}}}"));

    [Theory]
    [InlineData("67E5504410b1426f9247bb680e5fe0c8")]
    [InlineData("{67e55044-10b1-426f-9247-bb680e5fe0c8}")]
    [InlineData("urn:uuid:67e55044-10b1-426f-9247-bb680e5fe0c8")]
    public void A_thread_may_be_named_in_any_spelling_of_a_UUID(string uuid) =>
        Assert.Equal(uuid, Accepted($"{{{Rest},\"metadata\":{{\"threadId\":\"{uuid}\"}}}}").Metadata!.ThreadId);

    [Fact]
    public void An_unknown_member_may_hold_a_number_of_any_length()
    {
        var digits = new string('9', 5000);

        Assert.Equal("after", Accepted($"{{\"x\":[-{digits},{digits}.{digits}e-{digits},\"\\\"{digits}\"],{Rest},\"arg0\":\"after\"}}").Arg0);
        Assert.Equal("invalid type: number, expected a string", Refusal($"{{\"arg0\":{digits}}}"));
        Assert.Equal("invalid number", Wire.Refusal<ProcessReadParams>(ProcessReadParams.TryDecode, $"{{\"afterSeq\":{digits}}}"));
    }

    [Fact]
    public void Large_params_are_read_whole()
    {
        var large = string.Concat(Enumerable.Repeat("é😀x", 500_000));

        var start = Accepted($"{{\"processId\":\"{large}\",\"argv\":[\"{large}\",\"b\"],\"cwd\":\"file:///\",\"env\":{{\"V\":\"{large}\"}},\"tty\":false}}");

        Assert.Equal((large, large, large), (start.ProcessId, start.Argv[0], start.Env["V"]));
    }

    [Theory]
    [InlineData("\"argv\":[", "\"argument\",", "\"\"]")]
    [InlineData("\"env\":{", "\"A_COMMON_BEGINNING_OF_ALL_NAMES_{0}\":\"\",", "\"LAST\":\"\"}")]
    [InlineData("\"x\":[", "[{{\"a\":[{0}]}}],", "0]")]
    [InlineData("\"arg0\":\"", "\\u00e9\\n😀{0}", "\"")]
    public async Task Params_of_many_parts_are_read_soon(string head, string part, string tail)
    {
        var json = new StringBuilder("{").Append(head);
        for (var i = 0; i < 100_000; i++)
        {
            json.AppendFormat(CultureInfo.InvariantCulture, part, i);
        }

        json.Append(tail).Append(",\"tty\":false}");

        Assert.StartsWith("missing field", await Bounded.RunAsync(() => Refusal(json.ToString())), StringComparison.Ordinal);
    }

    [Fact]
    public void A_policy_that_would_take_long_to_apply_is_refused()
    {
        var patterns = string.Join(',', Enumerable.Repeat($"\"{new string('*', 1000)}\"", 1000));
        var names = string.Join(',', Enumerable.Range(0, 1000).Select(i => $"\"{i:D1000}\":\"\""));

        Assert.StartsWith("envPolicy is too large", Refusal($"{{\"envPolicy\":{{\"inherit\":\"all\",\"ignoreDefaultExcludes\":false,\"exclude\":[],\"set\":{{{names}}},\"includeOnly\":[{patterns}]}},{Rest}}}"), StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_client_writes_is_what_a_server_reads()
    {
        var sent = new ProcessStartParams("p\u0001\"", ["sh", "-c", "é\n"], "file:///tmp", Env(("A", "\\")), true)
        {
            PipeStdin = true,
            EnvPolicy = new EnvPolicy(EnvInherit.All, true, ["A*"], Env(("S", "")), []),
            Metadata = new ProcessMetadata(ToolCallId: "t"),
        };

        var json = Wire.Text(Wire.Serialized(sent));
        var read = Accepted(json);

        Assert.Equal(json, Wire.Text(Wire.Serialized(read)));
        Assert.Equal((sent.ProcessId, sent.Argv[2], sent.Env["A"]), (read.ProcessId, read.Argv[2], read.Env["A"]));
        Assert.Contains("\"inherit\":\"all\"", json, StringComparison.Ordinal);
        Assert.DoesNotContain("sandbox", json, StringComparison.OrdinalIgnoreCase);
    }

    private static ProcessStartParams Accepted(string json) => Wire.Accepted<ProcessStartParams>(ProcessStartParams.TryDecode, json);

    private static Dictionary<string, string> Env(params (string Name, string Value)[] variables) =>
        variables.ToDictionary(v => v.Name, v => v.Value, StringComparer.Ordinal);

    private static string Refusal(string json) => Wire.Refusal<ProcessStartParams>(ProcessStartParams.TryDecode, json);
}
