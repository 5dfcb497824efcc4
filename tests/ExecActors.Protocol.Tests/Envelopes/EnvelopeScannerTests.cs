namespace ExecActors.Protocol.Tests.Envelopes;

public sealed class EnvelopeScannerTests
{
    [Fact]
    public void A_request_is_read_with_its_params_in_place()
    {
        const string Frame = """ {"id":7,"method":"process/read","params":{"processId":"p"}} """;

        var envelope = Wire.Scanned(Frame);

        Assert.Equal(MessageKind.Request, envelope.Kind);
        Assert.Equal(RequestId.FromNumber(7), envelope.Id);
        Assert.Equal(WireMethod.ProcessRead, envelope.Method);
        Assert.Equal("process/read", envelope.MethodName);
        Assert.Equal("""{"processId":"p"}""", Wire.Text(envelope.Params(Wire.Utf8(Frame))));
        Assert.Null(envelope.TraceParent);
        Assert.Null(envelope.TraceState);
    }

    [Fact]
    public void Absent_params_have_no_length_and_null_params_have_four()
    {
        Assert.Equal(0, Wire.Scanned("""{"id":1,"method":"initialize"}""").ParamsLength);
        Assert.Equal(4, Wire.Scanned("""{"id":1,"method":"initialize","params":null}""").ParamsLength);
    }

    [Theory]
    [InlineData("""{"method":"initialized"}""", MessageKind.Notification, WireMethod.Initialized)]
    [InlineData("""{"method":"initialized","params":5}""", MessageKind.Notification, WireMethod.Initialized)]
    [InlineData("""{"method":"process/output","params":{}}""", MessageKind.Notification, WireMethod.ProcessOutput)]
    [InlineData("""{"method":"$/cancelRequest"}""", MessageKind.Notification, WireMethod.Unknown)]
    [InlineData("""{"method":"environment/status"}""", MessageKind.Notification, WireMethod.Unknown)]
    [InlineData("""{"id":1,"method":"initialized"}""", MessageKind.Request, WireMethod.Unknown)]
    [InlineData("""{"id":1,"method":"process/output"}""", MessageKind.Request, WireMethod.Unknown)]
    [InlineData("""{"id":1,"method":"ENVIRONMENT/STATUS"}""", MessageKind.Request, WireMethod.Unknown)]
    [InlineData("""{"id":1,"method":""}""", MessageKind.Request, WireMethod.Unknown)]
    [InlineData("""{"id":1,"method":"environment/status","result":1}""", MessageKind.Request, WireMethod.EnvironmentStatus)]
    [InlineData("""{"id":1,"method":"environment/status","error":1}""", MessageKind.Request, WireMethod.EnvironmentStatus)]
    [InlineData("""{"jsonrpc":"2.0","extra":[{}],"id":1,"method":"environment/status"}""", MessageKind.Request, WireMethod.EnvironmentStatus)]
    [InlineData("""{"i\u0064":77,"meth\u006fd":"environment\/status"}""", MessageKind.Request, WireMethod.EnvironmentStatus)]
    [InlineData("{\t\"method\" :\r\n\"environment/info\" , \"id\":\n1\n}\n", MessageKind.Request, WireMethod.EnvironmentInfo)]
    [InlineData("""{"id":1,"result":null}""", MessageKind.Response, WireMethod.Unknown)]
    [InlineData("""{"id":1,"result":2,"error":5}""", MessageKind.Response, WireMethod.Unknown)]
    [InlineData("""{"error":{"code":-32600,"message":"x"},"id":1}""", MessageKind.Response, WireMethod.Unknown)]
    public void A_message_is_told_by_its_members(string frame, MessageKind kind, WireMethod method)
    {
        var envelope = Wire.Scanned(frame);

        Assert.Equal((kind, method), (envelope.Kind, envelope.Method));
    }

    [Theory]
    [InlineData("0", 0)]
    [InlineData("-0", 0)]
    [InlineData("-5", -5)]
    [InlineData("9007199254740993", 9007199254740993)]
    [InlineData("9223372036854775807", long.MaxValue)]
    [InlineData("-9223372036854775808", long.MinValue)]
    public void An_id_may_be_any_integer_of_64_bits(string id, long number) =>
        Assert.Equal(RequestId.FromNumber(number), Wire.Scanned($$"""{"id":{{id}},"method":"x"}""").Id);

    [Theory]
    [InlineData("""""" "" """""", "")]
    [InlineData(""" "abc" """, "abc")]
    [InlineData(""" "5" """, "5")]
    [InlineData(""" "a\u0041\n\ud83d\ude00\"" """, "aA\n😀\"")]
    [InlineData(""" "\b\f\r\t\/\\" """, "\b\f\r\t/\\")]
    public void An_id_may_be_any_text(string id, string text) =>
        Assert.Equal(RequestId.FromText(text), Wire.Scanned($$"""{"method":"x","id":{{id}}}""").Id);

    [Theory]
    [InlineData("null")]
    [InlineData("true")]
    [InlineData("1.0")]
    [InlineData("1e3")]
    [InlineData("1E0")]
    [InlineData("-0.0")]
    [InlineData("1.5")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("9223372036854775808")]
    [InlineData("-9223372036854775809")]
    public void Any_other_id_is_refused(string id)
    {
        const string Expected = "data did not match any variant of untagged enum RequestId";

        Assert.Equal(Expected, Wire.Problem($$"""{"id":{{id}},"method":"environment/status"}"""));
        Assert.Equal(Expected, Wire.Problem($$"""{"id":{{id}},"method":"initialized"}"""));
        Assert.Equal(Expected, Wire.Problem($$"""{"id":{{id}},"result":1}"""));
    }

    [Theory]
    [InlineData("{}", "missing field `error`")]
    [InlineData("""{"id":1}""", "missing field `error`")]
    [InlineData("""{"id":1,"params":{}}""", "missing field `error`")]
    [InlineData("""{"Id":1,"Method":"x"}""", "missing field `error`")]
    [InlineData("""{"result":1}""", "missing field `id`")]
    [InlineData("""{"error":{"code":1,"message":"x"}}""", "missing field `id`")]
    [InlineData("""{"id":1,"error":5}""", "invalid type: number, expected struct JSONRPCErrorError")]
    [InlineData("""{"id":1,"error":null}""", "invalid type: null, expected struct JSONRPCErrorError")]
    [InlineData("""{"id":1,"error":{}}""", "missing field `code`")]
    [InlineData("""{"id":1,"error":{"data":{"code":1},"code":1}}""", "missing field `message`")]
    [InlineData("""{"id":1,"error":{"code":1,"message":5}}""", "invalid type: number, expected a string")]
    [InlineData("""{"id":1,"error":{"code":1.5,"message":"x"}}""", "invalid number")]
    [InlineData("""{"id":1,"error":{"code":"1","message":"x"}}""", "invalid type: string, expected i64")]
    [InlineData("""{"id":1,"method":5}""", "invalid type: number, expected a string")]
    [InlineData("""{"id":1,"method":null}""", "invalid type: null, expected a string")]
    [InlineData("""{"method":null}""", "invalid type: null, expected a string")]
    [InlineData("""{"id":1,"method":null,"result":1}""", "invalid type: null, expected a string")]
    [InlineData("""{"id":1,"method":["x"]}""", "invalid type: sequence, expected a string")]
    public void An_object_that_is_no_message_is_refused(string frame, string problem) => Assert.Equal(problem, Wire.Problem(frame));

    [Fact]
    public void An_answer_gives_its_result_in_place_or_its_error()
    {
        const string Success = """{"id":"a","result":{"running":true}}""";

        var success = Wire.Scanned(Success);
        var failure = Wire.Scanned("""{"error":{"message":"no \u201cx\u201d","data":[1],"code":-32010},"id":4}""");

        Assert.Equal("""{"running":true}""", Wire.Text(success.Result(Wire.Utf8(Success))));
        Assert.Null(success.Error);
        Assert.Equal("", success.MethodName);
        Assert.Equal(new RpcError(ErrorCodes.SessionAttached, "no “x”"), failure.Error);
        Assert.Equal(0, failure.ResultLength);
    }

    [Theory]
    [InlineData("null", null, null)]
    [InlineData("{}", null, null)]
    [InlineData("""{"zz":5,"yy":{"traceparent":1}}""", null, null)]
    [InlineData("""{"traceparent":null,"tracestate":null}""", null, null)]
    [InlineData("""{"traceparent":"00-\u0061","tracestate":null}""", "00-a", null)]
    [InlineData("""{"tracestate":"s","traceparent":"p"}""", "p", "s")]
    public void A_trace_comes_with_its_request(string trace, string? parent, string? state)
    {
        var envelope = Wire.Scanned($$"""{"id":1,"trace":{{trace}},"method":"environment/status"}""");

        Assert.Equal((parent, state), (envelope.TraceParent, envelope.TraceState));
    }

    [Theory]
    [InlineData("5", "invalid type: number, expected struct W3cTraceContext")]
    [InlineData("true", "invalid type: boolean `true`, expected struct W3cTraceContext")]
    [InlineData(""" "bad" """, "invalid type: string, expected struct W3cTraceContext")]
    [InlineData("""{"traceparent":5}""", "invalid type: number, expected a string")]
    [InlineData("""{"tracestate":{}}""", "invalid type: map, expected a string")]
    public void A_trace_of_another_type_spoils_a_request_but_no_notification(string trace, string problem)
    {
        Assert.Equal(problem, Wire.Problem($$"""{"id":1,"method":"environment/status","trace":{{trace}}}"""));

        var notification = Wire.Scanned($$"""{"method":"initialized","trace":{{trace}}}""");
        Assert.Equal((WireMethod.Initialized, null), (notification.Method, notification.TraceParent));
    }

    [Fact]
    public void An_unknown_name_is_given_unescaped_and_not_longer_than_a_kibibyte()
    {
        Assert.Equal("a/\0é", Wire.Scanned("""{"id":1,"method":"\u0061/\u0000é"}""").MethodName);
        Assert.Equal(new string('m', 1024), Wire.Scanned($$"""{"id":1,"method":"{{new string('m', 5000)}}"}""").MethodName);
    }
}
