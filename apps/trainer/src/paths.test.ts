import { describe, expect, test } from "vitest";
import { callerFolder } from "./paths.ts";

describe("callerFolder", () => {
  test("is the folder of the process without a package manager", () => {
    expect(callerFolder({}, "/work")).toBe("/work");
  });

  test("is the caller's folder under a package manager's script", () => {
    expect(callerFolder({ INIT_CWD: "/home/me", npm_package_json: "/repo/package.json" }, "/repo")).toBe("/home/me");
    expect(callerFolder({ INIT_CWD: "/home/me" }, "/repo")).toBe("/home/me");
  });

  test("is a program's own folder where it was started by such a script elsewhere", () => {
    expect(callerFolder({ INIT_CWD: "/repo", npm_package_json: "/repo/package.json" }, "/tmp/x")).toBe("/tmp/x");
  });
});
