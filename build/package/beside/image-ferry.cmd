@echo off
rem The command line. The window's program cannot run scripts, so this one has a Node of its own.
setlocal DisableDelayedExpansion
set "NODE_OPTIONS="
"%~dp0resources\cli\node.exe" "%~dp0resources\cli\cli.js" %*
exit /b %errorlevel%
